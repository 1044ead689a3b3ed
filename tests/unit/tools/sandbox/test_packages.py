import pytest

from tools.sandbox.inside.packages import WANTED, select_packages


@pytest.fixture
def site(tmp_path):
    """Installed packages: two wanted ones, what one needs, and a secret beside them."""
    install(tmp_path, "numpy", "2.0", ["numpy/__init__.py", "numpy.libs/x.so"])
    install(
        tmp_path,
        "Z3_Solver",
        "5.4.0",
        ["z3/__init__.py", "../../bin/z3", "z3/direct_url.json"],
        ["Some.Helper>=1", "extra-thing ; extra == 'all'"],
    )
    install(tmp_path, "some_helper", "1.1", ["helper.py", "__pycache__/helper.pyc"])
    install(tmp_path, "database_driver", "9", ["driver/__init__.py"])
    return str(tmp_path)


def install(site, name, version, files, requires=()):
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir()
    lines = [f"Name: {name}", *(f"Requires-Dist: {each}" for each in requires)]
    (folder / "METADATA").write_text("\n".join(lines) + "\n\nRequires-Dist: not-a-header\n")
    (folder / "RECORD").write_text("".join(f"{each},sha256=x,1\n" for each in files))


def test_wanted_packages_bring_what_they_need_and_nothing_else(site):
    found = select_packages([site], tuple(WANTED))
    assert set(found.distributions) == {"numpy", "z3-solver", "some-helper"}


def test_only_files_of_the_packages_are_shown(site):
    found = select_packages([site], tuple(WANTED)).distributions
    assert found["numpy"].entries == ("numpy", "numpy.libs")
    assert found["z3-solver"].entries == ("z3",)
    assert found["some-helper"].entries == ("helper.py",)


def test_what_is_not_installed_is_recorded(site):
    found = select_packages([site], ("numpy", "rdkit"))
    assert found.missing == ("rdkit",)
    assert found.modules == WANTED["numpy"]
