"""Every word of the interface, in Indonesian and English."""

from dataclasses import dataclass
from typing import Literal

from thesis_qa.web import shelf_words
from thesis_qa.web.more_texts import (
    ANSWER_EN,
    ANSWER_ID,
    CARD_EN,
    CARD_ID,
    EVALUATION_EN,
    EVALUATION_ID,
    AnswerWords,
    CardWords,
    EvaluationWords,
)
from thesis_qa.web.shelf_words import ShelfWords

Interface = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Texts:
    """The interface in one language. `{name}` in a text is filled in where it is used."""

    language: Interface
    name: str
    tagline: str
    other_language: str
    theme: str
    # Asking
    question: str
    placeholder: str
    send: str
    stop: str
    welcome: str
    welcome_more: str
    examples: tuple[str, ...]
    empty_library: str
    conversation: str
    # Answers
    quoted: str
    written: str
    here: str
    writing: str
    struck: str
    translate: str
    translated: str
    declined: str
    strong: str
    fair: str
    weak: str
    source: str
    broken: str
    # Sources
    sources: str
    no_sources: str
    sources_for: str
    nearest_for: str
    page: str
    file_page: str
    show_page: str
    show_place: str
    open_large: str
    page_picture: str
    # Reading a page
    previous: str
    next: str
    larger: str
    smaller: str
    close: str
    open_file: str
    page_of: str
    # Library
    library: str
    add: str
    drop: str
    limits: str
    reading: str
    seconds_left: str
    minutes_left: str
    added: str
    unchanged: str
    not_added: str
    waiting: str
    cancel: str
    cancelled: str
    too_many: str
    pages: str
    one_passage: str
    passages: str
    indonesian: str
    english: str
    nothing_yet: str
    healthy: str
    notes: str
    shelf: ShelfWords
    # Choosing and taking away
    among: str
    references: str
    save: str
    no_date: str
    # About
    about: str
    about_quotes: str
    about_models: str
    about_written: str
    about_private: str
    about_sent: str
    about_limits: str
    # With many words of their own
    answers: AnswerWords
    card: CardWords
    evaluation: EvaluationWords


EN = Texts(
    language="en",
    name="Thesis QA",
    tagline="Ask a thesis. Read the answer in its own words.",
    other_language="Bahasa Indonesia",
    theme="Light or dark",
    question="Your question",
    placeholder="Ask in English or Indonesian …",
    send="Ask",
    stop="Stop",
    welcome="What would you like to know?",
    welcome_more="Every answer is quoted from the thesis, with the page it stands on.",
    examples=(
        "What obstacles occurred?",
        "Which research method was used?",
        "What were the results?",
        "Apa kesimpulan penelitian ini?",
    ),
    empty_library="There is no thesis here yet. Add one under “Library”, then ask.",
    conversation="Conversation",
    quoted="Quoted from the thesis",
    written="Written by {model} on {where}, checked against the quotes",
    here="this machine",
    writing="A language model is putting the quotes into words …",
    struck="Struck out, for the quotes don’t support it",
    translate="Translate",
    translated="Translated by {model} on {where}; the document says it in the words above.",
    declined="The documents don’t say",
    strong="strong evidence",
    fair="fair evidence",
    weak="weak evidence, check the page",
    source="Source {number}",
    broken="Something went wrong here. Ask again; the server’s terminal says what it was.",
    sources="Sources",
    no_sources="The passages an answer is quoted from appear here.",
    sources_for="Sources for “{question}”",
    nearest_for="Nearest to “{question}”",
    page="p. {label}",
    file_page="file page {page}",
    show_page="Show on the page",
    show_place="Show where it stands",
    open_large="Open large",
    page_picture="Page {page} of {document}, the quoted lines highlighted",
    previous="Previous page",
    next="Next page",
    larger="Larger",
    smaller="Smaller",
    close="Close",
    open_file="Open the file",
    page_of="Page {page} of {pages}",
    library="Library",
    add="Add theses",
    drop="Add theses: drop files here, or click to choose",
    limits="PDF, DOCX, ODT, EPUB, Markdown, text or HTML, up to {megabytes} MB each.",
    reading="Reading {document}",
    seconds_left="about {seconds} s left",
    minutes_left="about {minutes} min left",
    added="{document}: {size}, ready to be asked",
    unchanged="{document} is already here",
    not_added="Not added: {reason}",
    waiting="Waiting for another upload to finish …",
    cancel="Cancel",
    cancelled="Cancelled. What was finished is kept.",
    too_many="At most {count} files at once; the others were left out",
    pages="{count} pages",
    one_passage="1 passage",
    passages="{count} passages",
    indonesian="Indonesian",
    english="English",
    nothing_yet="Nothing here yet.",
    healthy="Read without trouble",
    notes="Notes on reading it",
    shelf=shelf_words.EN,
    among="Ask only these theses",
    references="References",
    save="Save the conversation",
    no_date="n.d.",
    about="About",
    about_quotes="Answers are sentences of the documents, word for word. No language model writes.",
    about_models="Search: {embedding}. Answers: {model}.",
    about_written=(
        "Answers are worded by a language model from quotes; each sentence is checked against them."
    ),
    about_private="Nothing leaves this machine: no account, no tracking, no other server.",
    about_sent=(
        "For a written answer, the question and the quotes are sent to {where}. Nothing"
        " else leaves this machine."
    ),
    about_limits="What pictures or formulas say can be missed. Open the page before you cite.",
    answers=ANSWER_EN,
    card=CARD_EN,
    evaluation=EVALUATION_EN,
)

ID = Texts(
    language="id",
    name="Thesis QA",
    tagline="Tanyakan pada skripsi. Baca jawabannya dalam kata-katanya sendiri.",
    other_language="English",
    theme="Terang atau gelap",
    question="Pertanyaan Anda",
    placeholder="Tanyakan dalam bahasa Indonesia atau Inggris …",
    send="Tanya",
    stop="Berhenti",
    welcome="Apa yang ingin Anda ketahui?",
    welcome_more="Setiap jawaban dikutip dari skripsi, lengkap dengan halamannya.",
    examples=(
        "Apa hambatan yang terjadi?",
        "Metode penelitian apa yang digunakan?",
        "Apa hasil penelitian ini?",
        "What is the conclusion of this study?",
    ),
    empty_library="Belum ada skripsi di sini. Tambahkan lewat “Pustaka”, lalu bertanyalah.",
    conversation="Percakapan",
    quoted="Dikutip dari skripsi",
    written="Ditulis oleh {model} di {where}, diperiksa terhadap kutipan",
    here="mesin ini",
    writing="Sebuah model bahasa sedang menyusun kutipan menjadi jawaban …",
    struck="Dicoret, karena tidak didukung kutipan",
    translate="Terjemahkan",
    translated="Diterjemahkan oleh {model} di {where}; kata-kata dokumen ada di atas.",
    declined="Dokumen tidak menyatakannya",
    strong="bukti kuat",
    fair="bukti cukup",
    weak="bukti lemah, periksa halamannya",
    source="Sumber {number}",
    broken="Ada yang salah di sini. Tanyakan lagi; terminal server menyebutkan sebabnya.",
    sources="Sumber",
    no_sources="Bagian yang dikutip sebuah jawaban akan tampil di sini.",
    sources_for="Sumber untuk “{question}”",
    nearest_for="Terdekat dengan “{question}”",
    page="hlm. {label}",
    file_page="halaman berkas {page}",
    show_page="Tunjukkan di halaman",
    show_place="Tunjukkan letaknya",
    open_large="Buka besar",
    page_picture="Halaman {page} dari {document}, baris yang dikutip disorot",
    previous="Halaman sebelumnya",
    next="Halaman berikutnya",
    larger="Perbesar",
    smaller="Perkecil",
    close="Tutup",
    open_file="Buka berkas",
    page_of="Halaman {page} dari {pages}",
    library="Pustaka",
    add="Tambah skripsi",
    drop="Tambah skripsi: letakkan berkas di sini, atau klik untuk memilih",
    limits="PDF, DOCX, ODT, EPUB, Markdown, teks, atau HTML, masing-masing hingga {megabytes} MB.",
    reading="Membaca {document}",
    seconds_left="sekitar {seconds} detik lagi",
    minutes_left="sekitar {minutes} menit lagi",
    added="{document}: {size}, siap ditanyai",
    unchanged="{document} sudah ada di sini",
    not_added="Tidak ditambahkan: {reason}",
    waiting="Menunggu unggahan lain selesai …",
    cancel="Batalkan",
    cancelled="Dibatalkan. Yang sudah selesai tetap tersimpan.",
    too_many="Paling banyak {count} berkas sekaligus; selebihnya dilewati",
    pages="{count} halaman",
    one_passage="1 bagian",
    passages="{count} bagian",
    indonesian="Indonesia",
    english="Inggris",
    nothing_yet="Belum ada apa-apa di sini.",
    healthy="Terbaca tanpa masalah",
    notes="Catatan saat membaca",
    shelf=shelf_words.ID,
    among="Tanya hanya skripsi ini",
    references="Daftar pustaka",
    save="Simpan percakapan",
    no_date="t.t.",
    about="Tentang",
    about_quotes="Jawaban adalah kalimat dokumen, kata demi kata; tanpa tulisan model bahasa.",
    about_models="Pencarian: {embedding}. Jawaban: {model}.",
    about_written=(
        "Jawaban disusun model bahasa dari kutipan; tiap kalimat diperiksa terhadap kutipan itu."
    ),
    about_private="Tidak ada yang keluar dari mesin ini: tanpa akun, pelacakan, atau server lain.",
    about_sent=(
        "Untuk jawaban tertulis, pertanyaan dan kutipannya dikirim ke {where}. Selain"
        " itu tidak ada yang keluar dari mesin ini."
    ),
    about_limits="Isi gambar atau rumus bisa terlewat. Buka halamannya sebelum mengutip.",
    answers=ANSWER_ID,
    card=CARD_ID,
    evaluation=EVALUATION_ID,
)

TEXTS: dict[Interface, Texts] = {"id": ID, "en": EN}


def preferred(accept_language: str) -> Interface:
    """The interface language for a browser's Accept-Language header (RFC 9110, 12.5.4)."""
    ranked: list[tuple[float, Interface]] = []
    for entry in accept_language.split(","):
        tag, _, weight = entry.strip().partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in ("id", "in", "ms"):  # "in" is the old code; Malay readers read Indonesian
            ranked.append((_weight(weight), "id"))
        elif language == "en":
            ranked.append((_weight(weight), "en"))
    return max(ranked, key=lambda choice: choice[0])[1] if ranked else "en"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
