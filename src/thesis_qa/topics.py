"""The standing questions of any thesis: by which headings and phrases it answers them."""

import re
from dataclasses import dataclass
from typing import Literal

Zone = Literal["abstract", "introduction", "body", "end"]

PURE = 0.3  # share of a heading that has to be the topic's name


def either(*patterns: str) -> re.Pattern[str]:
    """A pattern for any of `patterns`, in capitals or not."""
    return re.compile("|".join(patterns), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """A standing question: headings that announce its answer, and phrases that give it."""

    name: str
    headings: tuple[re.Pattern[str], ...]  # the best first
    phrase: re.Pattern[str]
    zones: tuple[Zone, ...]  # where the phrase is believed without such a heading
    late: bool = False  # of several headings, the last is meant
    phrase_first: bool = False  # what the zones say goes before what stands under the heading

    def share(self, title: str) -> float:
        """How much of a heading is the topic's name, 0 to 1; a better name counts one more."""
        for rank, pattern in enumerate(self.headings):
            match = pattern.search(title)
            if match and (share := len(match.group()) / len(title)) >= PURE:
                return share + len(self.headings) - 1 - rank
        return 0.0


TOPICS = (
    Topic(
        "problem",
        (
            either(
                r"latar belakang(?: masalah| penelitian)?|identifikasi masalah",
                r"(?:problem|background)(?: statement| of the (?:study|problem))?|motivation",
            ),
        ),
        either(
            r"\b(?:masalah(?:nya)? (?:utama|ini|tersebut|yang|adalah|dalam|pada)|permasalahan"
            r"|persoalan"
            r"|tantangan|sayangnya|kesenjangan)\b",
            r"\b(?:problems?|challenges?|unfortunately|gap|lack of|remains? (?:unclear|open))\b",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "questions",
        (
            either(
                r"(?:per)?rumusan (?:masalah|permasalahan)|pertanyaan penelitian",
                r"(?:research|guiding) questions?|questions?",
            ),
        ),
        either(
            r"\b(?:rumusan masalah|pertanyaan (?:penelitian|sebagai)|mengangkat pertanyaan)\b",
            r"\bresearch questions?\b|\b(?:answers?|asks|addresses) the (?:\w+ )?questions?\b",
            r"\?[\"'”’]*\W*$",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "objectives",
        (
            either(
                r"(?:maksud dan )?tujuan(?: dan (?:manfaat|kegunaan))?(?: penelitian| studi)?",
                r"(?:research )?(?:objectives?|aims?|goals?|purpose)"
                r"(?: of the (?:study|research|thesis))?",
            ),
        ),
        either(
            r"\b(?:bertujuan|tujuan (?:dari )?(?:penelitian|skripsi|tesis|studi))\b",
            r"\b(?:aims? (?:to|at)|(?:objectives?|goals?|purpose|aim) of th(?:is|e)"
            r" (?:\w+ )?(?:thesis|study|research|work|paper)|(?:thesis|study|research|paper)"
            r" (?:seeks|intends|is intended) to|in this thesis,? (?:we|I)\b)",
        ),
        ("abstract", "introduction"),
    ),
    Topic(
        "scope",
        (
            either(
                r"batasan(?: masalah| penelitian)?|pembatasan masalah"
                r"|ruang lingkup(?: penelitian)?",
                r"(?:scope|delimitations?)(?: and (?:de)?limitations?)?(?: of the (?:study"
                r"|research))?",
            ),
        ),
        either(
            r"\b(?:dibatasi|berfokus|difokuskan|ruang lingkup|batasan masalah)\b",
            r"\b(?:this (?:thesis|study|research) (?:focuses|is limited)|restrict(?:ed)? (?:to"
            r"|ourselves)|limited to|the scope of)\b",
        ),
        ("introduction", "abstract"),
    ),
    Topic(
        "theory",
        (
            either(
                r"(?:landasan|kerangka|dasar|kajian)(?: dan \w+)? (?:teori(?:tis|tik)?|pemikiran"
                r"|konsep(?:tual)?)",
                r"(?:theoretical|conceptual) (?:framework|background|foundations?)|^theory$",
            ),
            either(
                r"(?:tinjauan|kajian|studi|telaah) (?:pustaka|literatur)",
                r"literature review|(?:foundational )?definitions|fundamentals|preliminaries",
            ),
        ),
        either(
            r"\b(?:(?:menggunakan|berdasarkan|dengan|memakai) (?:\w+ )?(?:teori|konsep|kerangka)"
            r"|(?:landasan|kerangka) (?:teori|konsep|pemikiran))\b",
            r"\b(?:theor(?:y|ies) of|theoretical framework|conceptual framework|using the concepts?"
            r" of|the concepts? of)\b",
        ),
        ("abstract", "introduction"),
    ),
    Topic(
        "method",
        (
            either(
                r"(?:jenis|desain|pendekatan|metod(?:e|ologi)|rancangan)(?: (?:dan|jenis"
                r"|pendekatan))*"
                r"(?: penelitian)?",
                r"(?:research )?(?:method(?:s|ology)?|design|approach)(?: and \w+)?",
            ),
        ),
        either(
            r"\b(?:metode (?:penelitian|yang)|(?:menggunakan|dengan) (?:\w+ )?(?:metod(?:e|ologi)"
            r"|pendekatan)|penelitian (?:kualitatif|kuantitatif|eksperimen\w*)"
            r"|bersifat deskriptif)\b",
            r"\b(?:qualitative|quantitative|mixed[- ]methods?|methodology|method used|case study"
            r"|(?:we|this \w+) (?:use|uses|used|employ\w*|adopt\w*) (?:an? |the )?(?:\w+[ -]){0,3}"
            r"(?:method|approach|design|methodology))\b",
        ),
        ("abstract", "introduction"),
    ),
    Topic(
        "data",
        (
            either(
                r"(?:teknik )?(?:pengumpulan|sumber|jenis)(?: dan \w+)?(?: \w+)? data|populasi"
                r"(?: dan sampel)?|sampel|(?:pemahaman|persiapan) data|sumber dan spesifikasi data"
                r"|dataset|subjek penelitian",
                r"data(?: collection| sources?|sets?)?|samples?|participants|population",
            ),
        ),
        either(
            r"\b(?:data (?:primer|sekunder)|responden|sampel|wawancara|kuesioner|observasi"
            r"|dataset|sumber data\w*|data (?:diperoleh|didapat\w*|dikumpulkan))\b",
            r"\b(?:data ?sets?|primary data|secondary data|respondents|participants|interviews?"
            r"|questionnaires?|samples? of|data (?:was|were) collected)\b",
        ),
        ("abstract",),
    ),
    Topic(
        "findings",
        (
            either(
                r"(?:hasil|temuan)(?: dan (?:pembahasan|analisis)| penelitian| pengujian"
                r"| analisis)*"
                r"(?: dan pembahasan)?|evaluasi|pembahasan",
                r"(?:empirical )?(?:results?|findings|evaluation|summary)(?: and discussions?)?",
            ),
        ),
        either(
            r"\b(?:hasil (?:\w+ ){0,4}(?:menunjukkan|memperlihatkan|membuktikan|diperoleh)"
            r"|menunjukkan bahwa|ditemukan bahwa|hasil (?:penelitian|pengujian|evaluasi"
            r"|analisis))\b",
            r"\b(?:results? (?:\w+ ){0,3}(?:shows?|indicates?|demonstrates?|suggests?)"
            r"|findings (?:show|indicate|suggest)|we (?:find|found|show|prove|demonstrate)"
            r"|shown that|it is shown)\b",
        ),
        ("abstract", "end"),
        phrase_first=True,
    ),
    Topic(
        "obstacles",
        (
            either(
                r"(?:hambatan|kendala|keterbatasan|kelemahan)(?: dan \w+)?(?: penelitian| sistem)?",
                r"(?:limitations?|obstacles|threats to validity)(?: of the (?:study|research))?",
            ),
        ),
        either(
            r"\b(?:hambatan|kendala|terkendala|keterbatasan|kelemahan penelitian)\b",
            r"\b(?:obstacles?|limitations?|hampered by|hindered by|constraints on this)\b",
        ),
        ("abstract", "end"),
        late=True,
    ),
    Topic(
        "conclusion",
        (either(r"(?:ke)?simpulan(?: dan saran| penelitian)?", r"(?:summary and )?conclusions?"),),
        either(
            r"\b(?:(?:dapat )?disimpulkan|(?:ke)?simpulan(?:nya)?)\b",
            r"\b(?:we conclude|it (?:can be|is) concluded|in conclusion|the conclusion)\b",
        ),
        ("end", "abstract"),
        late=True,
    ),
    Topic(
        "suggestions",
        (
            either(
                r"(?:kesimpulan dan )?saran(?: penelitian| pengembangan)?|rekomendasi"
                r"|(?:pekerjaan|penelitian) (?:selanjutnya|lanjutan|mendatang)|implikasi",
                r"(?:future (?:work|research|directions)|recommendations?|suggestions?|outlook)",
            ),
        ),
        either(
            r"\b(?:disarankan|saran(?:nya)?|direkomendasikan|penelitian (?:selanjutnya|lanjutan"
            r"|berikutnya|mendatang)|sebaiknya)\b",
            r"\b(?:future (?:work|research|studies)|we (?:suggest|recommend)|is recommended"
            r"|further research|would be interesting)\b",
        ),
        ("end", "abstract"),
        late=True,
    ),
)
