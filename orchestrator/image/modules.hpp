// Which modules a guest must load, in which order, without depmod: Debian's packages and build
// trees have no modules.dep.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::image {

// What the agent needs to reach the host at all, whatever the case wants.
inline const std::vector<std::string> transport_modules{"virtio_pci", "virtio_console"};

// "kvm-amd", "kvm_amd", "kvm-amd.ko.xz" -> "kvm_amd".
std::string module_name(std::string_view name_or_file);

// Every module of a kernel by name, without opening one.
class ModuleIndex {
 public:
  ModuleIndex() = default;
  ModuleIndex(std::map<std::string, std::filesystem::path> files,
              std::optional<std::set<std::string>> builtin, std::vector<std::string> crypto = {})
      : files_(std::move(files)), builtin_(std::move(builtin)), crypto_(std::move(crypto)) {}
  // Of KernelArtifact::modules_dir; "" gives an index that knows nothing. Where two files have one
  // name, the one in modules.order counts (a build tree keeps stale copies below debian/), else the
  // first by path. HostError when the directory cannot be read.
  static ModuleIndex scan(const std::filesystem::path& modules_dir);

  const std::filesystem::path* file(const std::string& name) const;  // null: no such module
  // Empty when there is no modules.builtin to tell.
  std::optional<bool> builtin(const std::string& name) const;
  // Names of the modules in the kernel's crypto/: the generic implementations of algorithms.
  const std::vector<std::string>& crypto() const { return crypto_; }
  std::size_t size() const { return files_.size(); }

 private:
  std::map<std::string, std::filesystem::path> files_;
  std::optional<std::set<std::string>> builtin_;
  std::vector<std::string> crypto_;
};

struct ModuleNeeds {
  std::vector<std::string> depends;  // it cannot be loaded without them
  std::vector<std::string> before;   // softdep pre: loaded before it where they exist
  std::vector<std::string> aliases;  // its other names
};

// A .modinfo section: "key=value" strings, each with its NUL.
ModuleNeeds parse_modinfo(std::string_view section);
// The plain ELF file of a .ko, .ko.xz, .ko.zst or .ko.gz. HostError names a damaged one.
std::string read_module(const std::filesystem::path& file);
ModuleNeeds read_needs(const std::filesystem::path& file);

struct Module {
  std::string name;
  std::filesystem::path file;
};
struct MissingModule {
  std::string name;
  std::string needed_by;  // "" when it was wanted itself
};
struct ModuleClosure {
  std::vector<Module> modules;         // in load order; built-in ones are left out
  std::vector<MissingModule> missing;  // neither a file nor built in
  std::vector<MissingModule> unknown;  // no file, and nothing says what is built in
};

// A missing module is a fact for the verdict, not an error. A softdep may name an
// algorithm instead of a module: libcrc32c has "pre: crc32c" and cannot be initialised without it,
// as a guest has no modprobe. The module in crypto/ with that alias is taken then, *_generic before
// others, which need features of the CPU. Other aliases ("fs-ext4", devices) would take seconds to
// look up in all modules; a softdep that is not found is passed over, as modprobe does.
using NeedsOf = std::function<ModuleNeeds(const std::filesystem::path& file)>;
// Asks `needs_of` once for each file: a module of a package must be decompressed to be asked, and
// each cell of a run asks for nearly the same ones. Copies share what they remember; not thread
// safe.
NeedsOf remembering(NeedsOf needs_of = read_needs);
ModuleClosure close_over(const ModuleIndex& index, const std::vector<std::string>& wanted,
                         const NeedsOf& needs_of = read_needs);

}  // namespace kproof::image
