"""Why a file can't be read, in the language of the page.

The errors and warnings of the stages before are English; what people meet of them on the page is
reworded here, phrase by phrase, so that names and numbers in them stay as they are.
"""

import re

from thesis_qa.web.texts import Texts

_INDONESIAN = {
    # What happened
    r"(?<=' )is of a type that can't be read": "berjenis yang tidak dapat dibaca",
    r"(?<=' )is an old Word document": "adalah dokumen Word lama",
    r"(?<=' )is a PDF, not": "adalah PDF, bukan",
    r"(?<=' )is an old Word document, or an encrypted one, not": (
        "adalah dokumen Word lama atau terenkripsi, bukan"
    ),
    r"(?<=' )is an RTF document, not": "adalah dokumen RTF, bukan",
    r"(?<=' )is a picture, not": "adalah gambar, bukan",
    r"(?<=' )is a (RAR|7z|gzip) archive, not": r"adalah arsip \1, bukan",
    r"(?<=' )is not text but binary data": "bukan teks melainkan data biner",
    r"(?<=' )is empty": "kosong",
    r"(?<=' )holds no text": "tidak berisi teks",
    r"(?<=' )holds no HTML that can be read": "tidak berisi HTML yang dapat dibaca",
    r"(?<=' )has no text on its (\d+) pages, only pictures": (
        r"tidak berisi teks pada \1 halamannya, hanya gambar"
    ),
    r"(?<=' )is protected by a password": "dilindungi kata sandi",
    r"(?<=' )needs another password": "memerlukan kata sandi lain",
    r"(?<=' )is protected \(DRM\)": "dilindungi (DRM)",
    r"(?<=' )is (\d+ MB) of (\S+), and (\d+ MB) is the limit": (
        r"berisi \1 \2, sedangkan batasnya \3"
    ),
    r"(?<=' )is damaged or no (\w+)": r"rusak atau bukan \1",
    r"(?<=' )can't be read as PDF; it is damaged or something else": (
        "tidak dapat dibaca sebagai PDF; berkasnya rusak atau bukan PDF"
    ),
    r"(?<=' )can't be read": "tidak dapat dibaca",
    r"(?<=' )would unpack to far more than a thesis holds and was not opened": (
        "akan mengembang jauh melebihi isi sebuah skripsi dan tidak dibuka"
    ),
    r"(?<=' )doesn't exist": "tidak ada",
    r"(?<=' )holds no documents": "tidak berisi dokumen",
    r"^The name of ('.+') isn't UTF-8": r"Nama \1 bukan UTF-8",
    # What to do about it
    r"Give a folder or a file with theses": "Berikan folder atau berkas berisi skripsi",
    r"Put theses into it": "Isi dengan skripsi",
    r"Save the page again with its content, or remove it": (
        "Simpan lagi halaman itu beserta isinya, atau hapus"
    ),
    r"Rename it$": "Ubah namanya",
    r"Save it as PDF": "Simpan sebagai PDF",
    r"Save it as DOCX or PDF and add that instead": (
        "Simpan sebagai DOCX atau PDF, lalu tambahkan itu"
    ),
    r"Save it as DOCX or PDF": "Simpan sebagai DOCX atau PDF",
    r"Index the PDF that is made of it": "Tambahkan PDF yang dibuat darinya",
    r"Export it as PDF": "Ekspor sebagai PDF",
    r"Read are (?=[.\w, ]+$)": "Yang dapat dibaca: ",
    r"If it holds pictures of pages, save it as PDF": (
        "Jika isinya gambar halaman, simpan sebagai PDF"
    ),
    r"Put text into it or remove it": "Isi dengan teks, atau hapus",
    r"Add a copy without protection": "Tambahkan salinan tanpa perlindungan",
    r"Split it into smaller files": "Bagi menjadi berkas yang lebih kecil",
    r"Check its permissions": "Periksa izin berkasnya",
    r"Save the (\w+) again or remove it": r"Simpan \1 itu lagi, atau hapus",
    r"Rename it to end in (\.\w+)": r"Ubah namanya agar berakhir dengan \1",
    r"Rename it to what it is, or remove it": "Beri akhiran yang sesuai isinya, atau hapus",
    r"Open it in the program it was made with, save it again, and add that": (
        "Buka dengan program pembuatnya, simpan lagi, lalu tambahkan itu"
    ),
    r"Save it without one and add it again": "Simpan tanpa kata sandi, lalu tambahkan lagi",
    r"Save it again, or remove it": "Simpan lagi, atau hapus",
    r"Write password = \"…\" into ('.+?') beside it, or save a copy without one": (
        r'Tulis password = "…" dalam \1 di sampingnya, atau simpan salinan tanpa kata sandi'
    ),
    r"Open it in a viewer and save it anew": "Buka dengan pembaca PDF, lalu simpan ulang",
    r"Replace it with the whole file": "Ganti dengan berkas yang utuh",
    r"Install the extra for scans": "Pasang tambahan untuk hasil pindai",
    # Notes on a file that was read
    r"^page ([\d, …]+) can't be read": r"halaman \1 tidak dapat dibaca",
    r"^pages? (.+) (?:is a picture|are pictures); install (\S+) to read them": (
        r"halaman \1 berupa gambar; pasang \2 untuk membacanya"
    ),
    r"^no text can be recognised on page ": "tidak ada teks yang dikenali pada halaman ",
}
_REWORDED = [
    (re.compile(pattern), said)
    for pattern, said in sorted(_INDONESIAN.items(), key=lambda item: -len(item[0]))
]


def reason(message: str, texts: Texts) -> str:
    """`message` of an error or a warning, as the page says it; what isn't known stays English."""
    if texts.language == "id":
        for pattern, said in _REWORDED:
            message = pattern.sub(said, message)
    return message
