"""Words of the parts of the page that have many: what is done with answers, card, evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """What can be done with an answer, in one language."""

    new: str
    edit: str
    editing: str
    keep: str
    copy: str
    copied: str
    not_copied: str
    link: str
    link_copied: str
    retry: str
    helpful: str
    wrong_answer: str
    wrong_page: str
    thanks: str
    note_for: str
    note_hint: str
    send_note: str
    stopped: str
    next: str
    working: str
    from_link: str
    changed: str
    gone: str
    broken_link: str
    file_format: str
    all_theses: str


@dataclass(frozen=True, slots=True)
class CardWords:
    """The thesis card in one language."""

    tab: str
    intro: str
    choose: str
    empty: str
    not_stated: str
    save: str
    open: str
    filling: str
    topics: Mapping[str, str]  # their names


@dataclass(frozen=True, slots=True)
class EvaluationWords:
    """The evaluation tab in one language."""

    tab: str
    intro: str
    choose: str
    no_sets: str
    upload: str
    run: str
    cancel: str
    cancelled: str
    busy: str
    indexing: str
    asking: str
    done: str
    failed: str
    metric: str
    value: str
    interval: str
    questions: str
    change: str
    lower: str
    since: str
    first_run: str
    better: str
    worse: str
    failures: str
    no_failures: str
    more_failures: str
    expected: str
    given: str
    declined: str
    not_stated: str
    report: str
    run_file: str
    drafts: str
    no_drafts: str
    metrics: Mapping[str, str]  # what each metric says, in a few words
    outcomes: Mapping[str, str]  # by what came of a question


ANSWER_EN = AnswerWords(
    new="New conversation",
    edit="Edit",
    editing="You are changing an earlier question; what came after it will be replaced.",
    keep="Keep it",
    copy="Copy",
    copied="Copied, with citations.",
    not_copied="The browser didn’t allow copying.",
    link="Link",
    link_copied="Link copied. It opens this answer with the same quotes.",
    retry="Ask again",
    helpful="Helpful",
    wrong_answer="Wrong answer",
    wrong_page="Wrong page",
    thanks="Thank you. It is kept on this machine only.",
    note_for="What should it have been? (optional)",
    note_hint="The right answer, the right page, or what was missing",
    send_note="Send",
    stopped="Stopped. Ask again when you like.",
    next="You could ask next",
    working="Reading …",
    from_link="Opened from a link; every quote was found again on its page",
    changed="Opened from a link. What stands at the place of {number} has changed since then.",
    gone="{document} is no longer in the library, so its quotes can’t be shown.",
    broken_link="This link can’t be opened: it is incomplete. Ask the question again.",
    file_format="Format",
    all_theses="All theses",
)

ANSWER_ID = AnswerWords(
    new="Percakapan baru",
    edit="Ubah",
    editing="Anda mengubah pertanyaan sebelumnya; yang ada sesudahnya akan diganti.",
    keep="Batal ubah",
    copy="Salin",
    copied="Tersalin, lengkap dengan sitasi.",
    not_copied="Peramban tidak mengizinkan penyalinan.",
    link="Tautan",
    link_copied="Tautan tersalin. Tautan ini membuka jawaban dengan kutipan yang sama.",
    retry="Tanya lagi",
    helpful="Membantu",
    wrong_answer="Jawaban salah",
    wrong_page="Halaman salah",
    thanks="Terima kasih. Hanya disimpan di mesin ini.",
    note_for="Seharusnya bagaimana? (boleh kosong)",
    note_hint="Jawaban atau halaman yang benar, atau apa yang kurang",
    send_note="Kirim",
    stopped="Dihentikan. Tanyakan lagi kapan saja.",
    next="Selanjutnya bisa ditanyakan",
    working="Membaca …",
    from_link="Dibuka dari tautan; setiap kutipan ditemukan lagi di halamannya",
    changed="Dibuka dari tautan. Isi di tempat {number} sudah berubah sejak itu.",
    gone="{document} tidak ada lagi di pustaka, jadi kutipannya tidak dapat ditampilkan.",
    broken_link="Tautan ini tidak dapat dibuka: tidak lengkap. Tanyakan lagi pertanyaannya.",
    file_format="Format",
    all_theses="Semua skripsi",
)

CARD_EN = CardWords(
    tab="Thesis card",
    intro="What is asked of any thesis, in its own words: what stands under its headings, and in "
    "the fixed phrases of its abstract. Where there is neither, nothing is guessed.",
    choose="Thesis",
    empty="Add a thesis under “Library”; its card can be read here.",
    not_stated="Not stated.",
    save="Save as Markdown",
    open="Thesis card",
    filling="Reading …",
    topics={
        "problem": "Problem",
        "questions": "Research questions",
        "objectives": "Objectives",
        "scope": "Scope",
        "theory": "Theory",
        "method": "Method",
        "data": "Data",
        "findings": "Findings",
        "obstacles": "Obstacles and limits",
        "conclusion": "Conclusion",
        "suggestions": "Suggestions",
    },
)

CARD_ID = CardWords(
    tab="Kartu skripsi",
    intro="Yang ditanyakan pada setiap skripsi, dalam kata-katanya sendiri: isi di bawah "
    "judul-judulnya dan ungkapan baku abstraknya. Jika tidak ada, tidak ada yang dikira-kira.",
    choose="Skripsi",
    empty="Tambahkan skripsi lewat “Pustaka”; kartunya dapat dibaca di sini.",
    not_stated="Tidak dinyatakan.",
    save="Simpan sebagai Markdown",
    open="Kartu skripsi",
    filling="Membaca …",
    topics={
        "problem": "Masalah",
        "questions": "Rumusan masalah",
        "objectives": "Tujuan",
        "scope": "Ruang lingkup",
        "theory": "Teori",
        "method": "Metode",
        "data": "Data",
        "findings": "Temuan",
        "obstacles": "Hambatan dan keterbatasan",
        "conclusion": "Kesimpulan",
        "suggestions": "Saran",
    },
)

EVALUATION_EN = EvaluationWords(
    tab="Evaluation",
    intro="Ask a question set and see how often the right page is cited and how often it "
    "rightly declines.",
    choose="Question set",
    no_sets="There is no question set in the folder {folder}. Put one there, or choose a file.",
    upload="Choose a file …",
    run="Run",
    cancel="Cancel",
    cancelled="Cancelled. The next run of this set goes on from here.",
    busy="Another evaluation is running. Wait until it is done.",
    indexing="Reading text {done} of {total}",
    asking="Question {done} of {total}",
    done="{count} questions, {minutes} min",
    failed="Not run: {reason}",
    metric="Metric",
    value="Value",
    interval="95 % interval",
    questions="n",
    change="Change",
    lower="lower is better",
    since="Changes are against the run of {when}, question by question; those in colour are "
    "more than chance.",
    first_run="This is the first run of this set; the next will be compared with it.",
    better="{count} questions got better",
    worse="{count} questions got worse",
    failures="Questions that went wrong ({count})",
    no_failures="No question went wrong.",
    more_failures="{count} more are in the report.",
    expected="Expected",
    given="Given",
    declined="Declined",
    not_stated="The documents don’t say.",
    report="Report (HTML)",
    run_file="Run (JSON)",
    drafts="Draft questions from feedback",
    no_drafts="Nobody has given feedback yet. Under each answer are “Helpful”, “Wrong answer” "
    "and “Wrong page”.",
    metrics={
        "page_hit@1": "right page is the first found",
        "page_hit@3": "… among the first 3",
        "page_hit@5": "… among the first 5",
        "page_hit@10": "… among the first 10",
        "mrr": "how high the right page ranks",
        "sentence_hit@1": "first quote is the right sentence",
        "answer_page_hit": "answered, citing the right page",
        "citation_precision": "share of citations on a right page",
        "quote_verbatim": "quotes found word for word on their page",
        "key_fact_recall": "facts found in answer or quotes",
        "answer_f1": "words shared with the reference answer",
        "contains_answer": "reference answer contained",
        "answered_rate": "answerable questions answered",
        "false_answer_rate": "unanswerable questions answered",
        "abstention_auroc": "confidence tells answerable from not",
        "brier": "squared error of the confidence",
        "calibration_error": "confidence against being right",
        "latency_p50": "seconds, half are faster",
        "latency_p95": "seconds, 95 % are faster",
    },
    outcomes={
        "wrong": "wrong place cited",
        "silent": "declined, though it is stated",
        "invented": "answered, though it isn’t stated",
    },
)

EVALUATION_ID = EvaluationWords(
    tab="Evaluasi",
    intro="Ajukan satu set pertanyaan dan lihat seberapa sering halaman yang benar dikutip dan "
    "seberapa sering ia menolak dengan tepat.",
    choose="Set pertanyaan",
    no_sets="Tidak ada set pertanyaan di folder {folder}. Letakkan di sana, atau pilih berkas.",
    upload="Pilih berkas …",
    run="Jalankan",
    cancel="Batalkan",
    cancelled="Dibatalkan. Jika set ini dijalankan lagi, ia dilanjutkan dari sini.",
    busy="Evaluasi lain sedang berjalan. Tunggu sampai selesai.",
    indexing="Membaca teks {done} dari {total}",
    asking="Pertanyaan {done} dari {total}",
    done="{count} pertanyaan, {minutes} menit",
    failed="Tidak dijalankan: {reason}",
    metric="Ukuran",
    value="Nilai",
    interval="Selang 95 %",
    questions="n",
    change="Perubahan",
    lower="makin kecil makin baik",
    since="Perubahan terhadap hasil {when}, pertanyaan demi pertanyaan; yang berwarna lebih dari "
    "kebetulan.",
    first_run="Ini kali pertama set ini dijalankan; hasil berikutnya dibandingkan dengannya.",
    better="{count} pertanyaan membaik",
    worse="{count} pertanyaan memburuk",
    failures="Pertanyaan yang keliru ({count})",
    no_failures="Tidak ada pertanyaan yang keliru.",
    more_failures="{count} lainnya ada di laporan.",
    expected="Seharusnya",
    given="Jawaban",
    declined="Ditolak",
    not_stated="Dokumen tidak menyatakannya.",
    report="Laporan (HTML)",
    run_file="Hasil (JSON)",
    drafts="Draf pertanyaan dari umpan balik",
    no_drafts="Belum ada umpan balik. Di bawah setiap jawaban ada “Membantu”, “Jawaban salah”, "
    "dan “Halaman salah”.",
    metrics={
        "page_hit@1": "halaman yang benar ditemukan pertama",
        "page_hit@3": "… di antara 3 pertama",
        "page_hit@5": "… di antara 5 pertama",
        "page_hit@10": "… di antara 10 pertama",
        "mrr": "seberapa tinggi peringkat halaman yang benar",
        "sentence_hit@1": "kutipan pertama adalah kalimat yang benar",
        "answer_page_hit": "dijawab dengan halaman yang benar",
        "citation_precision": "bagian sitasi di halaman yang benar",
        "quote_verbatim": "kutipan sama persis dengan halamannya",
        "key_fact_recall": "fakta yang ada di jawaban atau kutipan",
        "answer_f1": "kata yang sama dengan jawaban acuan",
        "contains_answer": "jawaban acuan tercakup",
        "answered_rate": "pertanyaan terjawab yang dijawab",
        "false_answer_rate": "pertanyaan tak terjawab yang dijawab",
        "abstention_auroc": "keyakinan membedakan terjawab dan tidak",
        "brier": "galat kuadrat keyakinan",
        "calibration_error": "keyakinan dibanding kebenaran",
        "latency_p50": "detik, separuh lebih cepat",
        "latency_p95": "detik, 95 % lebih cepat",
    },
    outcomes={
        "wrong": "mengutip tempat yang salah",
        "silent": "ditolak, padahal dinyatakan",
        "invented": "dijawab, padahal tidak dinyatakan",
    },
)
