#include "formats/elf.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>

#include "util/error.hpp"

namespace kproof::formats {

void ElfFile::End::operator()(Elf* elf) const noexcept {
  elf_end(elf);
}

static void choose_version() {
  static const unsigned chosen = elf_version(EV_CURRENT);
  if (chosen == EV_NONE) throw HostError("libelf is older than its header");
}

tl::expected<ElfFile, std::string> ElfFile::checked() && {
  GElf_Ehdr header;
  if (!elf_) return tl::unexpected(fmt::format("libelf: {}", elf_errmsg(-1)));
  if (elf_kind(elf_.get()) != ELF_K_ELF || !gelf_getehdr(elf_.get(), &header))
    return tl::unexpected<std::string>("not an ELF file");
  return std::move(*this);
}

tl::expected<ElfFile, std::string> ElfFile::open(const std::filesystem::path& path) {
  choose_version();
  ElfFile file;
  file.fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.fd_)
    throw HostError(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  file.elf_.reset(elf_begin(file.fd_.get(), ELF_C_READ_MMAP, nullptr));
  return std::move(file).checked();
}

tl::expected<ElfFile, std::string> ElfFile::from_memory(std::string image) {
  choose_version();
  ElfFile file;
  file.image_ = std::make_unique<std::string>(std::move(image));
  file.elf_.reset(elf_memory(file.image_->data(), file.image_->size()));
  return std::move(file).checked();
}

static GElf_Ehdr header_of(Elf* elf) {
  GElf_Ehdr header{};
  gelf_getehdr(elf, &header);  // checked when it was opened
  return header;
}

std::uint16_t ElfFile::machine() const {
  return header_of(elf_.get()).e_machine;
}

bool ElfFile::relocatable() const {
  return header_of(elf_.get()).e_type == ET_REL;
}

std::string ElfFile::interpreter() const {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) return "";
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (!gelf_getphdr(elf_.get(), static_cast<int>(i), &header) || header.p_type != PT_INTERP)
      continue;
    if (header.p_offset > bytes().size()) return "";
    const std::string_view text = bytes().substr(header.p_offset, header.p_filesz);
    return std::string(text.substr(0, text.find('\0')));
  }
  return "";
}

std::string_view ElfFile::bytes() const {
  std::size_t size = 0;
  const char* begin = elf_rawfile(elf_.get(), &size);
  return begin ? std::string_view(begin, size) : std::string_view();
}

std::optional<std::string_view> ElfFile::section(std::string_view name) const {
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf_.get(), &names) != 0) return std::nullopt;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_.get(), section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    const char* its_name = elf_strptr(elf_.get(), names, header.sh_name);
    if (!its_name || name != its_name) continue;
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if (!data || !data->d_buf) return std::string_view();
    return std::string_view(static_cast<const char*>(data->d_buf), data->d_size);
  }
  return std::nullopt;
}

// The description of a note.
static std::optional<std::string_view> find_note(Elf_Data* data, std::string_view owner,
                                                 std::uint32_t type) {
  GElf_Nhdr note;
  std::size_t name = 0, description = 0;
  const auto* bytes = static_cast<const char*>(data->d_buf);
  for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &description)) > 0;) {
    const bool same_size = note.n_namesz == owner.size() + 1;  // with its NUL
    if (note.n_type == type && same_size && owner == std::string_view(bytes + name, owner.size()))
      return std::string_view(bytes + description, note.n_descsz);
  }
  return std::nullopt;
}

std::optional<std::string_view> ElfFile::note(std::string_view owner, std::uint32_t type) const {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (!gelf_getphdr(elf_.get(), static_cast<int>(i), &header) || header.p_type != PT_NOTE)
      continue;
    Elf_Data* data =
        elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(header.p_offset),
                             header.p_filesz, header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    if (!data) continue;
    if (const auto found = find_note(data, owner, type)) return found;
  }
  return std::nullopt;
}

bool ElfFile::has_note(std::string_view owner, std::uint32_t type) const {
  return note(owner, type).has_value();
}

std::string ElfFile::build_id() const {
  std::string hex;
  for (const char byte : note("GNU", NT_GNU_BUILD_ID).value_or(""))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "i386";
    case EM_AARCH64:
      return "aarch64";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    case 258:
      return "loongarch";  // EM_LOONGARCH, newer than this elf.h
    default:
      return fmt::format("machine {}", machine);
  }
}

}  // namespace kproof::formats
