"""Functional groups, as patterns in SMARTS.

Each pattern finds one match a group. A group that holds another is told apart: an acid's OH is no
alcohol, an ester's oxygen no ether.
"""

from __future__ import annotations

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "carboxylic acid": "[CX3](=O)[OX2H1]",
    "carboxylate": "[CX3](=O)[OX1-]",
    "acid anhydride": "[CX3](=[OX1])[OX2][CX3](=[OX1])",
    "acyl halide": "[CX3](=[OX1])[F,Cl,Br,I]",
    "ester": "[#6][CX3](=O)[OX2H0][#6;!$(C=O)]",
    "formate ester": "[CX3H1](=O)[OX2H0][#6;!$(C=O)]",
    "amide": "[NX3;!$(N(C=O)C=O)][CX3](=[OX1])[#6,#1;!$(N)]",
    "imide": "[CX3](=[OX1])[NX3][CX3](=[OX1])",
    "urea": "[NX3][CX3](=[OX1])[NX3]",
    "carbamate": "[NX3][CX3](=[OX1])[OX2H0]",
    "aldehyde": "[CX3H1](=O)[#6]",
    "formaldehyde": "[CX3H2]=O",
    "ketone": "[#6][CX3](=O)[#6]",
    "primary alcohol": "[CX4;H2,H3][OX2H]",
    "secondary alcohol": "[CX4H1]([#6])([#6])[OX2H]",
    "tertiary alcohol": "[CX4]([#6])([#6])([#6])[OX2H]",
    "phenol": "[OX2H][c]",
    "enol": "[OX2H][#6X3]=[#6]",
    "ether": "[OX2;!r3]([#6;!$(C=O)])[#6;!$(C=O)]",
    "epoxide": "[OX2r3]1[#6r3][#6r3]1",
    "peroxide": "[OX2][OX2]",
    "primary amine": "[NX3;H2;!$(N[C,S]=[O,S,N]);!$(N-[!#6;!#1])][#6]",
    "secondary amine": "[NX3;H1;!$(N[C,S]=[O,S,N]);!$(N-[!#6;!#1])]([#6])[#6]",
    "tertiary amine": "[NX3;H0;!$(N[C,S]=[O,S,N]);!$(N-[!#6;!#1])]([#6])([#6])[#6]",
    "ammonium": "[NX4+]",
    "nitrile": "[NX1]#[CX2]",
    "nitro": "[$([NX3](=O)=O),$([NX3+](=O)[O-])]",
    "imine": "[CX3;!$(C(=N)N)]=[NX2;!$(N-[N,O])]",
    "azide": "[$([NX2]=[N+]=[N-]),$([NX2-][N+]#N)]",
    "azo": "[#6][NX2]=[NX2][#6]",
    "isocyanate": "[NX2]=[CX2]=[OX1]",
    "thiol": "[#16X2H]",
    "sulfide": "[#16X2H0]([#6])[#6]",
    "disulfide": "[#16X2][#16X2]",
    "sulfoxide": "[$([#16X3]=[OX1]),$([#16X3+][OX1-])]",
    "sulfone": "[#16X4](=[OX1])(=[OX1])([#6])[#6]",
    "sulfonamide": "[#16X4](=[OX1])(=[OX1])[NX3]",
    "sulfonic acid": "[#16X4](=[OX1])(=[OX1])[OX2H]",
    "phosphate": "[PX4](=[OX1])([OX2,OX1-])([OX2,OX1-])[OX2,OX1-]",
    "boronic acid": "[BX3]([OX2H])[OX2H]",
    "fluoride": "[#6;!$(C=O)][F]",
    "chloride": "[#6;!$(C=O)][Cl]",
    "bromide": "[#6;!$(C=O)][Br]",
    "iodide": "[#6;!$(C=O)][I]",
    "alkene": "[CX3]=[CX3]",
    "alkyne": "[CX2]#[CX2]",
    "benzene ring": "c1ccccc1",
}
