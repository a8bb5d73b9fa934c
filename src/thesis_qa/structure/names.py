"""Names of persons as theses write them: "Dr. Ir. Dimitri Mahayana, M.Eng.", "HADI HAMMURABI"."""

import re

from thesis_qa.structure import headings

MAX_WORDS = 8
MAX_LENGTH = 70

_TITLE = r"(?:prof|dr|ir|drs|dra|h|hj|kh|ns|apt|mr|mrs|ms)\."
_TITLES = re.compile(rf"(?:{_TITLE}\s*)+", re.IGNORECASE)
_DEGREES = re.compile(
    r"(?:,\s*|\s+)(?:(?:s|m|sp|a|b|ph|d|ll)\.?\s?(?:[A-Z][a-z]{0,5}\.?|[A-Z]{1,3}\.?)(?:\s?[A-Z][a-z]*"
    r"\.)*|ph\.?\s?d\.?|mba|msc|bsc|mt|st|se|sh|lc)(?=,|\s|$)\.?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?|[^\W\d_]\.")
_PARTICLES = frozenset("bin binti van von der den de da di la el al ibn".split())
_NOT_NAMES = frozenset(
    """abstrak abstract kata tahun bulan tanggal pembimbing penguji ketua anggota sekretaris dosen
    program studi jurusan mengetahui menyetujui disetujui disahkan penulis nama judul skripsi tesis
    laporan tugas akhir the of and dan untuk pada dari oleh di thesis supervisor advisor january
    february march april may june july august september october november december januari februari
    maret mei juni juli agustus oktober desember contents introduction chapter bab daftar halaman
    lembar materai nip nidn nim npm nrp direktur dekan rektor kepala examiner committee department
    ilmu pendidikan teknik hubungan internasional sistem informasi informatika manajemen ekonomi
    hukum komunikasi administrasi akuntansi kedokteran keperawatan psikologi matematika science
    engineering studies tim dewan universitas institut fakultas sekolah politeknik jakarta bandung
    yogyakarta surabaya
    """.split()
)


def is_name(text: str) -> bool:
    """Whether a line can be the name of one person, titles and degrees included."""
    bare = _DEGREES.sub("", _TITLES.sub("", text.strip(" ()"))).strip(" ,.")
    words = bare.split()
    return (
        0 < len(words) <= MAX_WORDS
        and len(bare) >= 3
        and len(text) <= MAX_LENGTH
        and not headings.names_institution(bare)
        and all(map(_is_part, words))
        and not any(word.strip(".,").lower() in _NOT_NAMES for word in words)
    )


def _is_part(word: str) -> bool:
    bare = word.strip(",")
    return bool(_WORD.fullmatch(bare)) and (bare[:1].isupper() or bare in _PARTICLES)


def names_in(text: str) -> list[tuple[str, int]]:
    """The names on a line and where they begin; several stand side by side on approval pages."""
    starts = [0, *(m.start() for m in re.finditer(rf"(?<=[^\s.]\s)(?={_TITLE})", text, re.I))]
    ends = [*starts[1:], len(text)]
    pieces = [(text[a:b].strip(), a) for a, b in zip(starts, ends, strict=True)]
    if all(is_name(piece) for piece, _ in pieces):
        return [(piece.strip(" ()"), a + text[a:].index(piece.strip(" ()"))) for piece, a in pieces]
    return []
