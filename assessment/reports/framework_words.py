"""What a framework's own readers expect on the pages: their word for each status, and what a pack must tell them.

No word is an opinion. Where the framework's own word would be one ("In Place", "no exception noted"), it stands
with who alone may say it. Source of the words: the frameworks' public reporting templates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """A paragraph for the page of use and limits."""

    title: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class FrameworkWords:
    """`concludes` is who may conclude; `column` heads the words of `statuses`, by our status."""

    short: str
    concludes: str
    column: str
    statuses: Mapping[str, str]
    notes: tuple[Note, ...] = ()
    retention: str = ""


_ANY = FrameworkWords(
    short="",
    concludes="assessor",
    column="In plain words",
    statuses={
        "contradicted": "not followed somewhere",
        "supported": "followed wherever it was seen, for the assessor to confirm",
        "partly supported": "followed in part, or seen in part",
        "inherited": "left to the provider",
        "not assessed": "not seen",
        "documents needed": "to be looked at by hand",
        "not applicable": "N/A with rationale",
    },
    notes=(
        Note(
            "A list of good practice",
            "These rows are recommendations of their publisher and no duty by law or contract. What is not followed "
            "may be so for a reason; the reason then belongs on file.",
        ),
    ),
)

_THREATS = FrameworkWords(
    short="",
    concludes="assessor",
    column="Of the technique",
    statuses={
        "contradicted": "open somewhere",
        "supported": "shut wherever it was seen, for the assessor to confirm",
        "partly supported": "shut in part, or seen in part",
        "inherited": "left to the provider",
        "not assessed": "not seen",
        "documents needed": "to be looked at by hand",
        "not applicable": "N/A with rationale",
    },
    notes=(
        Note(
            "Techniques of attackers",
            "A row is a way in which others were attacked and no duty. What stands open says what an attacker could "
            "use; nothing here says that one did, and no row is ever shut for good.",
        ),
    ),
)

HIPAA = FrameworkWords(
    short="HIPAA Security Rule",
    concludes="assessor",
    column="Assessor's word",
    statuses={
        "contradicted": "not implemented, or in part",
        "supported": "implemented, for the assessor to confirm",
        "partly supported": "evidence incomplete",
        "inherited": "duty of the business associate",
        "not assessed": "not reviewed",
        "documents needed": "open request",
        "not applicable": "N/A with rationale",
    },
    notes=(
        Note(
            "Addressable does not mean optional",
            "45 CFR 164.306(d)(3) lets an entity choose another way or none where it writes down why. A row marked "
            "addressable therefore asks for that decision record by hand, whatever the checks found.",
        ),
    ),
    retention="45 CFR 164.316(b)(2)(i) asks that documentation of this kind be kept for six years from its creation "
    "or the date it was last in effect, whichever is later.",
)

PCI_DSS = FrameworkWords(
    short="PCI DSS",
    concludes="assessor (QSA or ISA)",
    column="Nearest word of a report on compliance",
    statuses={
        "contradicted": "facts towards Not in Place",
        "supported": "In Place only if the assessor concludes so",
        "partly supported": "Not Tested",
        "inherited": "through the provider, for the assessor to decide",
        "not assessed": "Not Tested",
        "documents needed": "Not Tested",
        "not applicable": "Not Applicable, for the assessor to verify",
    },
    notes=(
        Note(
            "Segmentation",
            "Network policies, namespaces and accounts narrow the cardholder data environment only where testing has "
            "shown that they hold. This survey reads policies; it sends no traffic. Systems that connect to the "
            "environment, or can affect its security, are in an assessment's scope whether or not engagement.yaml "
            "marks them.",
        ),
        Note(
            "Compensating and customised controls",
            "An exception on file is shown beside a result and changes nothing. A compensating control or a "
            "customised approach needs the worksheet of the standard, and the assessor's own testing.",
        ),
        Note(
            "Dates of testing",
            "What must happen on a schedule (scans, reviews, penetration tests) is asked for by hand; one run shows "
            "a single day.",
        ),
    ),
    retention="Keep the pack with the work papers of the assessment that it served; card brands and acquirers may ask "
    "for them later.",
)

SOC2 = FrameworkWords(
    short="SOC 2",
    concludes="service auditor",
    column="Nearest word of a test result",
    statuses={
        "contradicted": "facts towards an exception",
        "supported": "no exception noted, only if the auditor concludes so",
        "partly supported": "testing open",
        "inherited": "carved out to the subservice organisation",
        "not assessed": "not tested",
        "documents needed": "testing open",
        "not applicable": "not applicable, to be described",
    },
    notes=(
        Note(
            "Period",
            "One run is a point in time: at best it supports the design of controls, as a Type 1 report asks. A Type "
            "2 report speaks of a period. It needs runs across the period, the populations and samples that the "
            "sheets ask for by hand, and the auditor's own testing.",
        ),
        Note(
            "Controls of others",
            "Rows borne by the provider rest on its own report: its complementary user entity controls (CUECs) are "
            "the client's to perform, and the controls of subservice organisations (CSOCs) on which the client "
            "relies belong in the description. The table of responsibilities names the rows.",
        ),
        Note(
            "Categories",
            "Security stands in every report. The other categories count here until engagement.yaml marks those that "
            "management did not choose as not applicable.",
        ),
    ),
    retention="Keep the pack with the evidence of the report's period; the auditor keeps work papers of its own.",
)

_KNOWN = {"hipaa": HIPAA, "pci_dss": PCI_DSS, "soc2": SOC2}
_MATRICES = {"mitre_attack_containers": "MITRE ATT&CK containers", "microsoft_threat_matrix": "Microsoft threat matrix"}


def words_of(framework: str, title: str) -> FrameworkWords:
    """The words of a framework; of one that this version does not know, plain ones."""
    if framework in _MATRICES:
        return dataclasses.replace(_THREATS, short=_MATRICES[framework])
    return _KNOWN.get(framework) or dataclasses.replace(_ANY, short=title)
