"""What is said about the theses of the library and to its visitors, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShelfWords:
    """`{name}` in a text is filled in where it is used."""

    # A thesis of the library
    details: str
    all_theses: str
    health: str
    pages_read: str
    by_ocr: str
    pages_failed: str
    pages_blank: str
    printed_numbers: str
    recognised: str
    outline: str
    no_outline: str
    described: str
    described_how: str
    fields: tuple[str, ...]
    save_fields: str
    fields_saved: str
    nothing_changed: str
    file_name: str
    rename: str
    renamed: str
    name_taken: str
    name_needed: str
    no_year: str
    recognising: str
    read_again: str
    was_read_again: str
    remove: str
    removing: str
    remove_really: str
    remove_not: str
    removed: str
    forgotten: str
    gone: str
    stale: str
    missing: str
    missing_why: str
    read_only: str
    # Sources, more
    also: str
    translated: str
    # Many people
    in_line: str
    line_full: str
    sign_in: str
    sign_in_why: str
    user_name: str
    password: str
    wrong_password: str
    too_many_attempts: str
    sign_out: str


EN = ShelfWords(
    details="Details",
    all_theses="All theses",
    health="How it was read",
    pages_read="{read} of {pages} pages read",
    by_ocr="{count} of them recognised from pictures (OCR): check the words",
    pages_failed="{count} could not be read",
    pages_blank="{count} without text to quote",
    printed_numbers="{count} carry a printed page number",
    recognised="{share} of the text is readable Indonesian or English",
    outline="Contents",
    no_outline="No headings were found in it.",
    described="Title, author …",
    described_how=(
        "Correct what was read wrongly; answers and references name it so from then on."
        " It is kept beside the thesis, in a file that ends in {suffix}."
        " An emptied field is read from the thesis again."
    ),
    fields=(
        "Title",
        "Author",
        "Year",
        "Student number",
        "University",
        "Faculty",
        "Degree",
        "Supervisors, one a line",
        "Keywords, one a line",
    ),
    save_fields="Save",
    fields_saved="Saved: {document}",
    nothing_changed="Nothing was changed.",
    file_name="Name of the file",
    rename="Rename",
    renamed="{document} is now {name}",
    name_taken="There is a file {name} already. Choose another name",
    name_needed="A file needs a name. Type one",
    no_year="The year must be four digits, like 2021.",
    recognising="recognising page {page} of {pages}",
    read_again="Read again",
    was_read_again="{document} was read again: {size}",
    remove="Remove",
    removing="{document} can no longer be asked then. Its file goes to the folder {folder}.",
    remove_really="Yes, remove it",
    remove_not="Keep it",
    removed="Removed: {document}. Its file is in {folder}.",
    forgotten="Removed: {document}. Its file was not touched.",
    gone="{document} is no longer here",
    stale="The file was changed or moved since it was read, so only its text is shown.",
    missing="There is nothing here",
    missing_why="The thesis was removed or renamed, or the address is incomplete.",
    read_only="This library can be read and asked, not changed.",
    also="Also on {places}",
    translated="In the thesis’s own {language}",
    in_line="Many are asking: yours is number {place} in line.",
    line_full="Too many questions at once. Ask again in a minute.",
    sign_in="Sign in",
    sign_in_why="These theses are for those who have been given a name and a password.",
    user_name="Name",
    password="Password",
    wrong_password="No such name with this password. Check both and try again.",
    too_many_attempts="Too many attempts. Try again in five minutes.",
    sign_out="Sign out",
)

ID = ShelfWords(
    details="Rincian",
    all_theses="Semua skripsi",
    health="Hasil pembacaan",
    pages_read="{read} dari {pages} halaman terbaca",
    by_ocr="{count} di antaranya dikenali dari gambar (OCR): periksa kata-katanya",
    pages_failed="{count} tidak dapat dibaca",
    pages_blank="{count} tanpa teks untuk dikutip",
    printed_numbers="{count} memiliki nomor halaman tercetak",
    recognised="{share} teksnya terbaca sebagai bahasa Indonesia atau Inggris",
    outline="Daftar isi",
    no_outline="Tidak ditemukan judul bagian di dalamnya.",
    described="Judul, penulis …",
    described_how=(
        "Perbaiki yang salah terbaca; jawaban dan daftar pustaka memakainya sejak itu."
        " Disimpan di samping skripsinya, dalam berkas berakhiran {suffix}."
        " Isian yang dikosongkan dibaca lagi dari skripsi."
    ),
    fields=(
        "Judul",
        "Penulis",
        "Tahun",
        "NIM",
        "Universitas",
        "Fakultas",
        "Gelar",
        "Pembimbing, satu per baris",
        "Kata kunci, satu per baris",
    ),
    save_fields="Simpan",
    fields_saved="Tersimpan: {document}",
    nothing_changed="Tidak ada yang diubah.",
    file_name="Nama berkas",
    rename="Ganti nama",
    renamed="{document} sekarang bernama {name}",
    name_taken="Berkas {name} sudah ada. Pilih nama lain",
    name_needed="Berkas memerlukan nama. Ketikkan satu",
    no_year="Tahun harus empat angka, seperti 2021.",
    recognising="mengenali halaman {page} dari {pages}",
    read_again="Baca ulang",
    was_read_again="{document} telah dibaca ulang: {size}",
    remove="Hapus",
    removing="Setelah itu {document} tidak bisa ditanyai. Berkasnya pindah ke folder {folder}.",
    remove_really="Ya, hapus",
    remove_not="Jangan dihapus",
    removed="Dihapus: {document}. Berkasnya ada di {folder}.",
    forgotten="Dihapus: {document}. Berkasnya tidak diubah.",
    gone="{document} sudah tidak ada di sini",
    stale="Berkas berubah atau pindah sejak dibaca, jadi hanya teksnya yang ditampilkan.",
    missing="Tidak ada apa-apa di sini",
    missing_why="Skripsinya sudah dihapus atau berganti nama, atau alamatnya tidak lengkap.",
    read_only="Pustaka ini dapat dibaca dan ditanyai, tidak dapat diubah.",
    also="Juga di {places}",
    translated="Dalam bahasa {language} menurut skripsi itu sendiri",
    in_line="Banyak yang bertanya: pertanyaan Anda nomor {place} dalam antrean.",
    line_full="Terlalu banyak pertanyaan sekaligus. Tanyakan lagi sebentar lagi.",
    sign_in="Masuk",
    sign_in_why="Skripsi di sini hanya untuk yang telah diberi nama dan kata sandi.",
    user_name="Nama",
    password="Kata sandi",
    wrong_password="Nama dan kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.",
    too_many_attempts="Terlalu banyak percobaan. Coba lagi lima menit lagi.",
    sign_out="Keluar",
)
