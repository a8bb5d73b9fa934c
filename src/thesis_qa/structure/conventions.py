"""How title and approval pages of Indonesian and English theses put things, line by line."""

import re

INSTITUTION = re.compile(
    r"(?:universitas|institut|politeknik|sekolah tinggi|akademi|upn|uin|iain|stmik|stie|stikes)\b"
    r"|university of\b|(?:[\w.'-]+ ){1,4}(?:university|institute of technology|polytechnic)\b",
    re.IGNORECASE,
)
FACULTY = re.compile(
    r"(?:fakultas|sekolah (?!tinggi)|faculty of|school of|college of)\b", re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(?:nasional|negeri|islam|teknologi|university of)$", re.IGNORECASE)
KIND_OF_WORK = re.compile(
    r"(?:pra[\s-]?|proposal |laporan |draf |draft )?(?:skripsi|tesis|disertasi|tugas akhir|"
    r"karya tulis ilmiah|karya akhir|thesis|dissertation|final (?:project|year project)(?: report)?"
    r"|undergraduate thesis|(?:bachelor|master|doctoral|ph\.?d\.?)(?:['’]?s)? (?:thesis|disser"
    r"tation)|capstone project)",
    re.IGNORECASE,
)
BY = re.compile(
    r"(?:(?:di)?(?:susun|tulis|ajukan|buat|siapkan)(?:kan)? )?oleh|penulis|penyusun"
    r"|(?:(?:submitted|written|prepared|presented) )?by|author|nama(?: (?:mahasiswa|penulis))?"
    r"|name(?: of (?:student|author))?|student(?:['’]s)? name",
    re.IGNORECASE,
)
LABELLED_TITLE = re.compile(
    r"(?:judul(?: (?:skripsi|tesis|disertasi|tugas akhir|penelitian))?|(?:thesis )?title)"
    r"\s*[:：]\s*(\S.*)",
    re.IGNORECASE,
)
STUDENT_NUMBER = re.compile(
    r"\(?(?:n\.?i\.?m|n\.?p\.?m|n\.?r\.?p|nirm|nbi|bp|stambuk|no(?:mor|\.)? (?:induk )?(?:pokok )?"
    r"mahasiswa|student (?:id|no|number|identification number)|matriculation (?:no|number)"
    r"|registration (?:no|number)|matric(?:ulation)? no)\b\.?\s*[.:：]?\s*"
    r"((?=[\w./-]*\d{4})[\w./-]+)\)?",
    re.IGNORECASE,
)
BARE_NUMBER = re.compile(r"\(?([A-Z]?\d[\d./-]{5,18}\d)\)?")
YEAR_LINE = re.compile(
    r"(?:1[34]\d\d ?H ?/ ?)?(?:\S[^\d]{0,40}\s)?(?:\d{1,2}[\s.]\s?)?(?:[^\W\d_]{3,10}[\s,]\s?)?"
    r"((?:19|20)\d\d)(?: ?M)?(?: ?/ ?1[34]\d\d ?H)?[.)]?"
)
SIGNED = re.compile(r"[^\d]{0,60}\d{1,2}\s[^\W\d_]{3,10}\s((?:19|20)\d\d)\.?")
SUPERVISOR = re.compile(
    r"(?:dosen )?pembimbing(?:[\s-]*(?:skripsi|tesis|tugas akhir|akademik|utama|pendamping|pertama"
    r"|kedua|ketiga|i{1,3}|[123]))?|(?:ko-?)?promotor|menyetujui,? (?:dosen )?pembimbing"
    r"|(?:(?:thesis|first|second|main|principal|academic|co-?)\s?)?(?:supervisors?|advis[oe]rs?)"
    r"|supervised by|under the supervision of",
    re.IGNORECASE,
)
DEGREE = re.compile(
    r"\b(?i:gelar (?:akademik |kesarjanaan )?)((?i:sarjana|magister|doktor|ahli madya|diploma)"
    r"(?: (?!Program|Fakultas|Jurusan)[A-Z][\w.]*(?: dan(?= [A-Z]))?){0,5}(?: \([A-Z][\w. ]*\))?)"
    r"|\b(?i:degree of )((?i:bachelor|master|doctor)(?: (?:of |in |and )?[A-Z][\w.]*){0,6})"
    r"|\b(?i:for the )((?i:bachelor|master|doctor)(?:['’]s)?(?: (?:of |in |and )?[A-Z][\w.]*){0,6})"
    r" degree"
)
PROGRAMME = re.compile(
    r"program (sarjana(?: terapan)?|magister(?: terapan)?|doktor|diploma [^\W_]{1,3})",
    re.IGNORECASE,
)
MARK = re.compile(r"\s*[:：]\s*")
ABOUT_THE_WORK = re.compile(
    r"(?:diajukan|disusun|dibuat|untuk mem|sebagai salah satu|laporan ini|skripsi ini|submitted"
    r"|(?:a|this) (?:\w+ )?(?:thesis|dissertation|report)|in partial|presented|for the degree)\b",
    re.IGNORECASE,
)
