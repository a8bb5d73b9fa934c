"""What an answer says in its own words, in both languages. Quotes are never translated."""

from dataclasses import dataclass

from thesis_qa.types import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    quoted: str  # before quotes in the question's language
    quoted_foreign: str  # before quotes in another language; {language} is its name
    languages: dict[Language, str]
    contradicts: str
    translated: str
    also_on: str
    not_stated: str
    declined: str
    searched: str  # {passages} {documents}
    searched_one: str  # {passages} {document}
    missing: str  # {words}
    nearest: str
    suggestion: str  # {question}
    what_about: str  # a question that can be asked of any thesis
    section: str  # a question about a section: {section}
    topics: dict[str, str]  # a question that asks for each topic
    fields: dict[str, str]


_ID = Phrases(
    quoted="Dalam kata-kata dokumennya sendiri:",
    quoted_foreign="Dokumen menyatakannya dalam {language}:",
    languages={"id": "bahasa Indonesia", "en": "bahasa Inggris"},
    contradicts="Di tempat lain dokumen menyebut angka yang berbeda:",
    translated="Dalam {language} dokumen menulis:",
    also_on="juga di {places}",
    not_stated="tidak dinyatakan",
    declined="Dokumen tidak menyatakan hal ini.",
    searched="Dicari di {passages} bagian dari {documents} dokumen.",
    searched_one="Dicari di {passages} bagian dari {document}.",
    missing="Tidak ditemukan di sana: {words}.",
    nearest="Yang paling dekat, tetapi belum tentu menjawab:",
    suggestion="Yang dapat dijawab: “{question}”",
    what_about="Tentang apa penelitian ini?",
    section="Apa yang dikatakan tentang {section}?",
    topics={
        "problem": "Masalah apa yang melatarbelakangi penelitian ini?",
        "questions": "Apa rumusan masalah penelitian ini?",
        "objectives": "Apa tujuan penelitian ini?", "scope": "Apa batasan masalah penelitian ini?",
        "theory": "Teori apa yang digunakan?", "method": "Metode penelitian apa yang digunakan?",
        "data": "Data apa yang digunakan?", "findings": "Apa hasil penelitian ini?",
        "obstacles": "Apa hambatan yang terjadi?", "limits": "Apa keterbatasan penelitian ini?",
        "conclusion": "Apa kesimpulan penelitian ini?",
        "suggestions": "Apa saran untuk penelitian selanjutnya?",
    },
    fields={
        "title": "Judul", "author": "Penulis", "supervisors": "Pembimbing", "year": "Tahun",
        "university": "Universitas", "faculty": "Fakultas", "degree": "Program studi",
        "student_number": "Nomor mahasiswa", "keywords": "Kata kunci",
    },
)  # fmt: skip

_EN = Phrases(
    quoted="In the document's own words:",
    quoted_foreign="The evidence is in {language}:",
    languages={"id": "Indonesian", "en": "English"},
    contradicts="Elsewhere the document gives other numbers:",
    translated="In {language} the document puts it so:",
    also_on="also on {places}",
    not_stated="not stated",
    declined="The documents do not say.",
    searched="Searched {passages} passages of {documents} documents.",
    searched_one="Searched {passages} passages of {document}.",
    missing="Not found there: {words}.",
    nearest="Nearest, though it may not answer:",
    suggestion="What can be answered: “{question}”",
    what_about="What is this thesis about?",
    section="What is said about {section}?",
    topics={
        "problem": "Which problem does it start from?",
        "questions": "What are the research questions?",
        "objectives": "What are its objectives?", "scope": "What is its scope?",
        "theory": "Which theory does it rest on?", "method": "Which research method was used?",
        "data": "Which data was used?", "findings": "What are the results?",
        "obstacles": "What obstacles occurred?", "limits": "What are the limitations?",
        "conclusion": "What is the conclusion?",
        "suggestions": "What is suggested for future work?",
    },
    fields={
        "title": "Title", "author": "Author", "supervisors": "Supervisor", "year": "Year",
        "university": "University", "faculty": "Faculty", "degree": "Degree programme",
        "student_number": "Student number", "keywords": "Keywords",
    },
)  # fmt: skip


def phrases(language: Language | None) -> Phrases:
    """The texts for a question in `language`; English where it is neither."""
    return _ID if language == "id" else _EN
