"""Problems about scores, votes, surveys, homework and swaps."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, above, below, computed, one_of, percent, span

_EACH: Final = "[a|each|every]"
_FOND: Final = "[tea|coffee|jazz|chess|winter|cheese|soccer|fish|the new park|the new song]"

POINTS: Final = (
    Family(
        path="point.penalty",
        roles={"p": span(2, 10), "q": below("p"), "r": span(5, 30), "w": span(2, 12)},
        clauses=(
            (
                f"[{_EACH} right answer [gives|brings|is worth] {{p}} points, and {_EACH} wrong "
                f"one costs {{q}}[| points]|in the [quiz|test], players get {{p}} points for "
                f"{_EACH} right answer and lose {{q}}[| points] for {_EACH} wrong one|the quiz "
                f"gives {{p}} points for {_EACH} right answer and takes {{q}}[| points] away for "
                f"{_EACH} wrong one|{_EACH} right answer adds {{p}} points to the score[, and|, "
                f"but] {_EACH} wrong one takes {{q}}[| points] off|for {_EACH} wrong answer a "
                f"player loses {{q}} points, and for {_EACH} right one the player gets {{p}}[| "
                f"points]|right answers score {{p}} points each, but the penalty for each wrong "
                f"answer is {{q}} points]"
            ),
            (
                "[{A.he} [gives|gave] {r} right and {w} wrong answers|{A.he} [answers|answered] "
                "{r} questions right and {w} wrong|{A.he} [gets|got|has] {r} [answers|questions] "
                "right and {w} wrong|{r} of {A}'s answers are right and {w} are wrong|{w} of "
                "{A}'s answers are wrong, and {r} are right|there are {r} right and {w} wrong "
                "answers on {A}'s sheet]"
            ),
        ),
        ask=(
            "[what is {A.his} [score|total score|final score]|how many points does {A?} [have in "
            "the end|have in all|end up with]|what score does {A?} reach]"
        ),
        program="a=r*p;b=w*q;a-b",
        shuffled=True,
        meanings={"a": "how many points are won", "b": "how many points are lost"},
    ),
    Family(
        path="point.league",
        roles={"p": one_of(2, 3, 3, 3, 4, 5), "w": span(2, 25), "d": span(2, 14)},
        clauses=(
            (
                "[[a|{A}'s|a [soccer|hockey|school]] team [won {w} [games|matches] and drew "
                "{d}|has {w} wins and {d} draws|has won {w} [games|matches] and drawn "
                "{d}|[ends|ended] the season with {w} wins and {d} draws|has had {d} draws and "
                "won {w} [games|matches]]|{w} of a team's games are wins and {d} are draws|there "
                "are {w} wins and {d} draws in a team's record|the season [brings|brought] a team "
                "{w} wins and {d} draws]"
            ),
            (
                f"[{_EACH} win [is worth|gives|brings] {{p}} points, and {_EACH} draw [is "
                f"worth|gives|brings] [one|1] point|the league gives {{p}} points for {_EACH} win "
                f"and [one|1] [point |]for {_EACH} draw|teams get {{p}} points for {_EACH} win "
                f"and [one|1] point for {_EACH} draw|{{p}} points are given for {_EACH} win and "
                f"[one|1] point for {_EACH} draw|a draw counts for [one|1] point and a win for "
                f"{{p}}[| points]|a win brings {{p}} points, a draw [one|1]]"
            ),
        ),
        ask=(
            "[how many points [does the team have|has the team [collected|earned]][| in all| "
            "altogether]|with how many points does the team end up|what is the team's total in "
            "points]"
        ),
        program="a=w*p;a+d",
        shuffled=True,
        meanings={"a": "how many points do the wins bring"},
    ),
    Family(
        path="point.needed",
        roles={
            "n": span(2, 12),
            "x": span(10, 200),
            "m": span(2, 10),
            "e": span(2, 40),
            "g": computed(lambda k: k["x"] + k["m"] * k["e"]),
        },
        clauses=(
            (
                "[{A} has [|scored |collected ]{x} points after {n} rounds [|of a game ]and "
                "[wants|needs|hopes] to [reach|get to|end up with] {g}[| points][| in all| "
                "altogether]|after {n} rounds[| of a game], {A} [has|is at|stands at] {x} points. "
                "[{A.his}|the] goal is {g} points in all|{A} wants to have {g} points at the end "
                "of a game and has {x} [points |]after {n} rounds|it takes {g} points to win a "
                "game. {A} has {x} [points |of them ]after {n} rounds|{n} rounds have brought {A} "
                "{x} points, and {A.he} wants to finish with {g}[| points]]"
            ),
            (
                "[there are {m} rounds [left|to come|still to play]|{m} rounds [are "
                "left|remain|are still to come]|{A} [has|will play|can play] {m} more rounds|the "
                "game [goes on for|lasts] {m} more rounds]"
            ),
        ),
        ask=(
            "[how many points [per|a|in each] round [does {A?} need|must {A?} score|does {A?} "
            "have to score] [from now on|from here on|to reach the goal]|how many points per "
            "round are still needed|what must {A?} score per round to get there]"
        ),
        program="a=g-x;a/m",
        meanings={"a": "how many points are still missing"},
    ),
    Family(
        path="point.darts",
        needs_all=False,
        roles={
            "k": span(2, 10),
            "m": span(2, 10),
            "n": computed(lambda k: k["k"] + k["m"]),
            "p": one_of(4, 5, 6, 8, 10, 10, 15, 20, 25, 50),
            "q": below("p", 2),
        },
        clauses=(
            (
                "[{A} [throws|has thrown] {n} darts[| at a board]|{A} [shoots|has shot] {n} "
                "arrows[| at a target]|[in one round|at the fair], {A} throws {n} "
                "[darts|balls|rings]|{n} darts are in the board, all [of them from {A}|thrown by "
                "{A}]|{n} arrows are in the target, all [of them from {A}|shot by {A}]]"
            ),
            (
                "[{k} of them [bring|score|are worth|count for] {p} points each, and the "
                "[others|rest] [bring|score|are worth|count for] {q}[| points] each|{k} of them "
                "hit the middle for {p} points each, [and |]the others hit the [edge|outer ring] "
                "for {q}[| points] each|{A.he} [gets|scores] {p} points for each of {k} of them "
                "and {q}[| points] for each of the others|each of {k} of them brings {p} points, "
                "and each of the others {q}[| points]]"
            ),
        ),
        ask=(
            "[how many points does {A?} [have|score|get|make] [in all|altogether|in total]|what "
            "is {A.his} [total|total score]|what total does {A?} reach]"
        ),
        program="a=n-k;b=k*p;c=a*q;b+c",
        meanings={
            "a": "how many hits are among the others",
            "b": "how many points do the better hits bring",
            "c": "how many points do the others bring",
        },
    ),
    Family(
        path="point.lead",
        needs_all=False,
        roles={"s": span(3, 25), "r": above("s", 12), "n": span(2, 20)},
        clauses=(
            (
                "[{A} [scores|makes] {r} points [a|per|in each|in every] game, and {B} "
                "[scores|makes] {s}[| points]|in [each|every] game, {A} [scores|gets|makes] {r} "
                "points and {B} [|only |gets ]{s}|[each|every] game brings {A} {r} points and {B} "
                "{s}[| points]|{B} scores {s} points [a|per] game. {A} scores {r}[| points]|{r} "
                "points [per|a] game [go to {A} and {s} to {B}|are scored by {A} and {s} by "
                "{B}]|two players, {A} and {B}, score {r} and {s} points per game, in that order]"
            ),
            (
                "[[both|both of them|the two] [play|have played] {n} games|each of them "
                "[plays|has played] {n} games|{n} games have been played|this goes on for {n} "
                "games|they play {n} games[| against each other]]"
            ),
        ),
        ask=(
            "[by how many points [does {A} lead|is {A} ahead|is {B} behind|does {A} lead over "
            "{B}]|how [large|big] is {A}'s lead[| over {B}][| in points]|how many more points "
            "does {A} have than {B}]"
        ),
        program="a=r*n;b=s*n;a-b",
        meanings={"a": "how many points does {A} have", "b": "how many points does {B} have"},
    ),
    Family(
        path="point.absent",
        needs_all=False,
        roles={"c": span(2, 15), "k": span(12, 32), "m": one_of(3, 4, 4, 5, 6, 7, 8, 9, 10)},
        clauses=(
            (
                "[[a|the|{A}'s] school has {c} classes [of {k} [pupils|children|students] "
                "each|with {k} [pupils|children|students] in each]|there are {c} classes [in|at] "
                "[a|{A}'s|the] school, each with {k} [pupils|children|students]|{c} classes of "
                "{k} [pupils|children|students] each go to [a|the|{A}'s] school|a school has {c} "
                "classrooms, and {k} [pupils|children|students] [learn|sit] in each]"
            ),
            (
                "[[today|on Monday|one day|this week], {m.part} of [the|all the] children are "
                "[ill|sick|absent|missing|at home with a cold]|{m.part} of [the|all the|all "
                "these] children are [ill|sick|absent|missing][| today| this week]|{m.part} of "
                "all the children have the flu and stay at home]"
            ),
        ),
        ask=(
            "[how many children are [present|in class|at school|not absent]|how many children "
            "[come to school|sit in class]|what is the number of children present]"
        ),
        program="a=c*k;b=a/m;a-b",
        meanings={"a": "how many children are in all the classes", "b": "how many are away"},
    ),
    Family(
        path="point.votes",
        roles={
            "x": span(20, 400),
            "y": below("x", 2),
            "t": span(5, 300),
            "n": computed(lambda k: 2 * k["x"] - k["y"] + k["t"]),
        },
        clauses=(
            (
                "[{n} votes were [cast|given|counted] for {A}, {B} and {C}[| altogether| in "
                "all]|{A}, {B} and {C} [got|received|won] {n} votes [together|in "
                "all|altogether|between them]|in an election with three candidates, {A}, {B} and "
                "{C}, {n} votes were [cast|counted]|three candidates, {A}, {B} and {C}, shared "
                "{n} votes|there were {n} votes in all for the candidates {A}, {B} and {C}|the "
                "[members of a club|people of a town] gave {n} votes to {A}, {B} and {C}, the "
                "only candidates]"
            ),
            (
                "[{x} [votes|of them] [went to|were for] {A}|[the number of votes for {A}|{A}'s "
                "number of votes] was {x}|of these, {A} got {x}|there were {x} votes for {A}]"
            ),
            (
                "[{B} [got|received|had] {y} [fewer votes|votes fewer] than {A}|{B} [lost "
                "to|trailed] {A} by {y} votes|{B} was {y} votes behind {A}|{B}'s number of votes "
                "was {y} lower than {A}'s|for {B} there were {y} [fewer votes|votes fewer] than "
                "for {A}]"
            ),
        ),
        ask=(
            "[how many votes [did {C} [get|receive|have]|went to {C}|were for {C}|were left for "
            "{C}|were given to {C}]|what was [the number of votes for {C}|{C}'s number of votes]]"
        ),
        program="a=x-y;b=x+a;n-b",
        meanings={"a": "how many did {B} get", "b": "how many did {A} and {B} get together"},
    ),
    Family(
        path="point.survey",
        needs_all=False,
        roles={"n": span(40, 1000, 20), "k": percent()},
        clauses=(
            (
                "[{n} people [are|were] asked[| in a survey| what they like]|in a survey, {n} "
                "people [are|were] asked[| what they like]|{A} [asks|asked] {n} "
                "[people|students|neighbors|visitors] what they like|a [newspaper|radio station] "
                "[asks|asked] {n} people[| in the street]|a survey of {n} people [is|was] "
                "made|{n} people [answered|took part in] a survey|{A} does a survey of {n} people]"
            ),
            (
                f"[{{k.digits}}[%| percent] of them like {_FOND}|{_FOND} is liked by "
                f"{{k.digits}}[%| percent] of them|it turns out that {{k.digits}}[%| percent] "
                f"[|of them ]like {_FOND}|{{k.digits}}[%| percent] of these people like "
                f"{_FOND}|the share of these people who like {_FOND} is {{k.digits}}[%| percent]]"
            ),
        ),
        ask=(
            "[how many [people|of those asked|of the people asked|people in the survey|of the "
            "people in the survey] do not like it|what is the number of [people|those] who do not "
            "like it|what number of people do not like it]"
        ),
        program="a=100-k;n*a/100",
        meanings={"a": "what percent of the people do not like it"},
    ),
    Family(
        path="point.homework",
        needs_all=False,
        roles={
            "x": span(2, 15),
            "k": one_of(2, 2, 2, 3, 3, 4),
            "t": span(2, 25),
            "n": computed(lambda k: k["x"] + k["x"] * k["k"] + k["t"]),
        },
        clauses=(
            (
                "[{A} has {n} [|math ]problems [for homework|to do|to solve|to do this "
                "week]|there are {n} [|math ]problems in {A}'s homework|{A}'s [|math ]homework "
                "[is|has] {n} problems|the homework for the week is {n} [|math ]problems]"
            ),
            (
                "[on Monday {A.he} [does|did|solves|solved] {x} [problems|of them] and on Tuesday "
                "{k.times} as many|on Friday {A.he} [finishes|finished] {x} of them and on the "
                "next day {k.times} as many|{A.he} [does|did] {x} [of them|problems] on the first "
                "day and {k.fold} that number on the second|{x} of them [are|were] done on Monday "
                "and {k.times} as many on Tuesday]"
            ),
        ),
        ask=(
            "[how many problems [are [|still ]left|are still to be done|remain]|how many problems "
            "does {A?} still have to [do|solve]|what is the number of problems left]"
        ),
        program="a=x*k;b=x+a;n-b",
        meanings={"a": "how many are done on the second day", "b": "how many are done in all"},
    ),
    Family(
        path="point.swap",
        needs_all=False,
        roles={
            "g": span(2, 9),
            "r": span(2, 9),
            "t": span(2, 8),
            "h": span(2, 60),
            # Swaps of as many for as many change nothing.
            "n": computed(lambda k: (k["g"] * k["t"] + k["h"]) * (k["g"] != k["r"])),
        },
        clauses=(
            (
                "[{A} [has|starts with|begins with] {n} {item}[| in {A.his} collection]|{A} owns "
                "{n} {item}|{A} collects {item} and has {n}[| of them]|there are {n} {item} in "
                "{A}'s collection|{A}'s collection [has|holds|is made up of] {n} {item}]"
            ),
            (
                "[{t} times, {A.he} [gives {B} {g} {item} and gets {r} [back|in return]|swaps {g} "
                "of {A.his} {item} for {r} of {B}'s]|{A.he} makes {t} swaps with {B}, each time "
                "giving {g} {item} [and getting {r}|for {r} of {B}'s]|in each of {t} swaps, "
                "{A.he} gives [away|{B}] {g} {item} and gets {r} [others|for them]|{t} {group} "
                "each give {A.him} {r} of their {item} for {g} of {A.his} own|{A.he} swaps with "
                "{B} {t} times, {g} of {A.his} {item} for {r} of {B}'s each time|{t} times, {B} "
                "takes {g} of {A}'s {item} and gives {A.him} {r} for them]"
            ),
        ),
        ask=(
            "[how many {item} does {A} have [in the end|after the swaps|after all the swaps]|how "
            "many {item} are in {A}'s collection [in the end|after the swaps]|how many {item} "
            "does {A} end up with]"
        ),
        program="a=g*t;b=n-a;c=r*t;b+c",
        meanings={
            "a": "how many {item} does {A} give away in all",
            "b": "how many {item} of the first ones are left",
            "c": "how many {item} does {A} get in all",
        },
    ),
)
