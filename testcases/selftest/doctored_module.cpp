#include "selftest/doctored_module.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>

#include <elf.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"

namespace kproof::selftest {

namespace {
// A relocatable ELF file of the kernel of this machine, whose tables are as the kernel's build
// wrote them.
struct Module {
  std::string image;

  template <class T>
  T* at(std::uint64_t offset) {
    if (offset + sizeof(T) > image.size()) lib::ktap::bail_out("the module is cut short");
    return reinterpret_cast<T*>(image.data() + offset);
  }
  Elf64_Shdr* section(unsigned index) {
    const auto* header = at<Elf64_Ehdr>(0);
    return at<Elf64_Shdr>(header->e_shoff + std::uint64_t{index} * sizeof(Elf64_Shdr));
  }
  unsigned sections() { return at<Elf64_Ehdr>(0)->e_shnum; }
};
}  // namespace

static Module read_module(const std::string& name) {
  const std::string path = "/lib/modules/" + name + ".ko";
  std::ifstream file(path, std::ios::binary);
  Module module{{std::istreambuf_iterator<char>(file), {}}};
  if (module.image.compare(0, 4, ELFMAG) != 0) lib::ktap::bail_out("no module at %s", path.c_str());
  return module;
}

// A changed module with its old signature would be refused, one without any only taints.
static void strip_signature(Module& module) {
  constexpr std::string_view kMark = "~Module signature appended~\n";
  if (module.image.ends_with(kMark)) module.image.resize(module.image.size() - kMark.size());
}

static Elf64_Sym* find_symbol(Module& module, std::string_view wanted) {
  for (unsigned i = 0; i < module.sections(); ++i) {
    const Elf64_Shdr table = *module.section(i);
    if (table.sh_type != SHT_SYMTAB) continue;
    const std::uint64_t names = module.section(table.sh_link)->sh_offset;
    for (std::uint64_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
      auto* symbol = module.at<Elf64_Sym>(table.sh_offset + at);
      if (module.at<char>(names + symbol->st_name) == wanted) return symbol;
    }
  }
  return nullptr;
}

static void void_relocations(Module& module, unsigned section, std::uint64_t from,
                             std::uint64_t to) {
  for (unsigned i = 0; i < module.sections(); ++i) {
    const Elf64_Shdr table = *module.section(i);
    if (table.sh_type != SHT_RELA || table.sh_info != section) continue;
    for (std::uint64_t at = 0; at < table.sh_size; at += sizeof(Elf64_Rela)) {
      auto* entry = module.at<Elf64_Rela>(table.sh_offset + at);
      if (entry->r_offset + 4 > from && entry->r_offset < to)
        entry->r_info = ELF64_R_INFO(0, R_X86_64_NONE);
    }
  }
}

// Behind what the kernel itself looks at and patches: endbr64, and the call for ftrace.
static std::uint64_t skip_entry(Module& module, std::uint64_t at) {
  if (std::memcmp(module.at<char[4]>(at), "\xf3\x0f\x1e\xfa", 4) == 0) at += 4;
  if (*module.at<unsigned char>(at) == 0xe8) at += 5;
  return at;
}

static void doctor(Module& module, std::string_view code) {
  const Elf64_Sym* init = find_symbol(module, "init_module");
  if (!init) lib::ktap::bail_out("the module has no init_module");
  const std::uint64_t text = module.section(init->st_shndx)->sh_offset;
  const std::uint64_t at = skip_entry(module, text + init->st_value);
  if (at - text + code.size() > init->st_value + init->st_size)
    lib::ktap::bail_out("init_module has no room for the code");
  void_relocations(module, init->st_shndx, at - text, at - text + code.size());
  std::memcpy(module.at<char>(at + code.size() - 1) - (code.size() - 1), code.data(), code.size());
}

void run_in_kernel(const std::string& name, std::string_view code) {
  Module module = read_module(name);
  strip_signature(module);
  doctor(module, code);
  lib::safe::check(::syscall(SYS_delete_module, name.c_str(), O_NONBLOCK), "delete_module");
  lib::safe::check(::syscall(SYS_init_module, module.image.data(), module.image.size(), ""),
                   "init_module");
}

}  // namespace kproof::selftest
