"""The bands of likelihood times impact."""

from __future__ import annotations

from assessment.scoring.bands import BANDS, at_or_above, band

# NIST SP 800-30 Rev. 1, Table I-2: a row a likelihood from 1 to 5, a column an impact from 1 to 5.
TABLE_I_2 = ("00011", "01112", "01223", "01234", "01234")


def test_all_25_pairs_fall_where_the_published_matrix_puts_them() -> None:
    found = ["".join(str(BANDS.index(band(likelihood, impact))) for impact in range(1, 6))
             for likelihood in range(1, 6)]
    assert tuple(found) == TABLE_I_2


def test_a_level_means_itself_and_everything_above() -> None:
    assert at_or_above("high") == ("high", "very-high")
    assert at_or_above("very-low") == BANDS
