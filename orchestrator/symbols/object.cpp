#include "symbols/object.hpp"

#include <cstdlib>
#include <set>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::symbols {

// The file that was named is all there is: no search by build ID, no debuginfod.
static int no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                         GElf_Word, char**) {
  return -1;
}

static const Dwfl_Callbacks kCallbacks = {.find_elf = ::dwfl_build_id_find_elf,
                                          .find_debuginfo = no_debug_file,
                                          .section_address = ::dwfl_offline_section_address,
                                          .debuginfo_path = nullptr};

Object::Object(const std::filesystem::path& file) : dwfl_(::dwfl_begin(&kCallbacks)) {
  if (!dwfl_) throw HostError(fmt::format("libdwfl: {}", ::dwfl_errmsg(-1)));
  module_ = ::dwfl_report_offline(dwfl_.get(), "", file.c_str(), -1);
  if (!module_)
    throw ConfigError(fmt::format("cannot read {}: {}", file.string(), ::dwfl_errmsg(-1)),
                      "name an ELF file: vmlinux as the build left it, not bzImage");
  ::dwfl_report_end(dwfl_.get(), nullptr, nullptr);
  Dwarf_Addr bias = 0;
  debug_info_ = ::dwfl_module_getdwarf(module_, &bias) != nullptr;
  read_symbols();
}

std::string Object::build_id() const {
  const unsigned char* bits = nullptr;
  GElf_Addr address = 0;
  const int length = ::dwfl_module_build_id(module_, &bits, &address);
  std::string id;
  for (int i = 0; i < length; ++i)
    id += fmt::format("{:02x}", bits[i]);
  return id;
}

std::string_view Object::image() const {
  GElf_Addr bias = 0;
  Elf* elf = ::dwfl_module_getelf(module_, &bias);
  std::size_t size = 0;
  const char* bytes = elf ? ::elf_rawfile(elf, &size) : nullptr;
  return bytes ? std::string_view(bytes, size) : std::string_view();
}

void Object::read_symbols() {
  const int count = ::dwfl_module_getsymtab(module_);
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char* name =
        ::dwfl_module_getsym_info(module_, i, &symbol, &address, nullptr, nullptr, nullptr);
    // Assembly's labels have no type.
    const auto type = GELF_ST_TYPE(symbol.st_info);
    if (name && symbol.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_NOTYPE))
      symbols_.emplace(name, Symbol{address, symbol.st_size});
  }
}

// The size tells which was meant. kallsyms counts up to the next symbol, padding included, so it
// may be more than the symbol table says; but not where one is just as large.
std::vector<std::uint64_t> Object::find(const FrameRef& ref) const {
  constexpr std::uint64_t kPadding = 64;
  std::set<std::uint64_t> same, near;
  const auto [begin, end] = symbols_.equal_range(ref.function);
  for (auto entry = begin; entry != end; ++entry) {
    const Symbol& symbol = entry->second;
    if (symbol.size == ref.size) same.insert(symbol.address);
    if (symbol.size == 0 || (symbol.size < ref.size && ref.size < symbol.size + kPadding))
      near.insert(symbol.address);
  }
  const auto& found = same.empty() ? near : same;
  return {found.begin(), found.end()};
}

std::optional<FrameRef> Object::find_function(std::uint64_t address) const {
  GElf_Off offset = 0;
  GElf_Sym symbol;
  const char* name =
      ::dwfl_module_addrinfo(module_, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (!name || symbol.st_size == 0) return std::nullopt;
  return FrameRef{name, offset, symbol.st_size, "", true};
}

std::string Object::file_of(const std::string& function) const {
  const auto symbol = symbols_.find(function);
  if (symbol == symbols_.end()) return "";
  Dwfl_Line* line = ::dwfl_module_getsrc(module_, symbol->second.address);
  const char* file =
      line ? ::dwfl_lineinfo(line, nullptr, nullptr, nullptr, nullptr, nullptr) : nullptr;
  return file ? file : "";
}

static std::string name_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  const char* name = ::dwarf_formstring(::dwarf_attr_integrate(die, DW_AT_name, &attribute));
  return name ? name : "";
}

static int number(Dwarf_Die* die, unsigned what) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (::dwarf_formudata(::dwarf_attr(die, what, &attribute), &value) != 0) return 0;
  return static_cast<int>(value);
}

// Where the function was inlined to, as the file of the compilation unit's line table.
static std::string call_file(Dwarf_Die* unit, Dwarf_Die* die) {
  Dwarf_Files* files = nullptr;
  if (::dwarf_getsrcfiles(unit, &files, nullptr) != 0) return "";
  const char* name = ::dwarf_filesrc(files, static_cast<std::size_t>(number(die, DW_AT_call_file)),
                                     nullptr, nullptr);
  return name ? name : "";
}

namespace {

using Scopes = std::unique_ptr<Dwarf_Die, decltype(&std::free)>;

}  // namespace

// Appends the functions around the address, innermost first; `at` is the place of the first.
static void add_inlined(Dwarf_Die* unit, Dwarf_Addr address, Place at, std::vector<Place>& places) {
  Dwarf_Die* raw = nullptr;
  const int count = ::dwarf_getscopes(unit, address, &raw);
  const Scopes block(raw, &std::free);
  if (count <= 0) return;
  // Around an inlined function dwarf_getscopes() goes on where the function was written, and only
  // dwarf_getscopes_die() where it was inlined.
  Dwarf_Die* physical = nullptr;
  const int depth = ::dwarf_getscopes_die(raw, &physical);
  const Scopes scopes(physical, &std::free);
  for (int i = 0; i < depth; ++i) {
    Dwarf_Die* die = physical + i;
    const int tag = ::dwarf_tag(die);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    at.function = name_of(die);
    places.push_back(at);
    if (tag == DW_TAG_subprogram) break;
    at = {"", call_file(unit, die), number(die, DW_AT_call_line)};
  }
}

Places Object::places_at(std::uint64_t address, const std::string& function) const {
  Places places;
  Dwarf_Addr bias = 0;
  Place at{function, "", 0};
  if (Dwfl_Line* line = ::dwfl_module_getsrc(module_, address)) {
    const char* file = ::dwfl_lineinfo(line, nullptr, &at.line, nullptr, nullptr, nullptr);
    if (file) at.file = file;
  }
  if (Dwarf_Die* unit = ::dwfl_module_addrdie(module_, address, &bias))
    add_inlined(unit, address - bias, at, places);
  if (places.empty()) places.push_back(at);
  return places;
}

std::vector<Places> Object::resolve(const FrameRef& ref) const {
  if (ref.offset > ref.size) return {};
  const std::uint64_t back = ref.exact || ref.offset == 0 ? 0 : 1;  // to the call
  std::vector<Places> candidates;
  for (const std::uint64_t begin : find(ref))
    candidates.push_back(places_at(begin + ref.offset - back, ref.function));
  return candidates;
}

}  // namespace kproof::symbols
