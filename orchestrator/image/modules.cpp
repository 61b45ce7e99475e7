#include "image/modules.hpp"

#include <algorithm>
#include <memory>
#include <sstream>

#include <fmt/format.h>

#include "formats/decompress.hpp"
#include "formats/elf.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::image {
namespace fs = std::filesystem;

std::string module_name(std::string_view name_or_file) {
  name_or_file = name_or_file.substr(0, name_or_file.find(".ko"));
  std::string name(name_or_file);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

static bool is_module(const std::string& file_name) {
  for (const char* suffix : {".ko", ".ko.xz", ".ko.zst", ".ko.gz"})
    if (file_name.ends_with(suffix)) return true;
  return false;
}

// Lines of modules.order or modules.builtin: "kernel/drivers/dax/dax.ko"; a build tree's
// modules.order has "drivers/dax/dax.o" since Linux 6.3.
static std::optional<std::set<std::string>> read_list(const fs::path& list) {
  if (!fs::exists(list)) return std::nullopt;
  std::set<std::string> stems;
  std::istringstream lines(util::read_file(list));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) stems.insert(fs::path(line).replace_extension().string());
  return stems;
}

static std::optional<std::set<std::string>> names_of(std::optional<std::set<std::string>> stems) {
  if (!stems) return std::nullopt;
  std::set<std::string> names;
  for (const std::string& stem : *stems)
    names.insert(module_name(fs::path(stem).filename().string()));
  return names;
}

static std::vector<std::string> module_files(const fs::path& modules_dir) {
  std::vector<std::string> files;
  try {
    for (fs::recursive_directory_iterator at(modules_dir), end; at != end; ++at) {
      const std::string name = at->path().filename().string();
      if (name == ".git") at.disable_recursion_pending();
      if (is_module(name) && at->is_regular_file()) files.push_back(at->path().string());
    }
  } catch (const fs::filesystem_error& error) {
    throw HostError(fmt::format("cannot list the modules: {}", error.what()));
  }
  return files;
}

// Of a file below it, as a directory's iterator names it. By text: paths are compared and made
// relative part by part, which for the 4,000 modules of a distribution cost each run 60 ms.
static std::string stem_in(const std::string& file, const fs::path& modules_dir) {
  const std::string relative = file.substr((modules_dir / "").native().size());
  return relative.substr(0, relative.rfind(".ko"));
}

// In a build tree, or where modules are installed; not arch/x86/crypto/, nor drivers/crypto/.
static bool in_crypto(const std::string& stem) {
  return stem.starts_with("crypto/") || stem.starts_with("kernel/crypto/");
}

ModuleIndex ModuleIndex::scan(const fs::path& modules_dir) {
  if (modules_dir.empty()) return {};
  const auto order = read_list(modules_dir / "modules.order");
  std::vector<std::pair<bool, std::string>> files;  // false first: those that the build lists
  for (std::string& file : module_files(modules_dir)) {
    const bool listed = order && order->contains(stem_in(file, modules_dir));
    files.emplace_back(!listed, std::move(file));
  }
  std::sort(files.begin(), files.end());
  std::map<std::string, fs::path> by_name;
  std::vector<std::string> crypto;
  for (auto& [unlisted, file] : files) {
    std::string name = module_name(std::string_view(file).substr(file.rfind('/') + 1));
    if (in_crypto(stem_in(file, modules_dir))) crypto.push_back(name);
    by_name.emplace(std::move(name), std::move(file));
  }
  return {std::move(by_name), names_of(read_list(modules_dir / "modules.builtin")),
          std::move(crypto)};
}

const fs::path* ModuleIndex::file(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

std::optional<bool> ModuleIndex::builtin(const std::string& name) const {
  return builtin_ ? std::optional(builtin_->contains(name)) : std::nullopt;
}

static void add_names(std::vector<std::string>& names, std::string_view text, char separator) {
  std::istringstream words{std::string(text)};
  for (std::string word; std::getline(words, word, separator);)
    if (!word.empty()) names.push_back(module_name(word));
}

// "pre: a b post: c" -> a, b.
static std::string_view pre_part(std::string_view softdep) {
  const std::size_t pre = softdep.find("pre:");
  if (pre == std::string_view::npos) return "";
  softdep.remove_prefix(pre + 4);
  return softdep.substr(0, softdep.find("post:"));
}

ModuleNeeds parse_modinfo(std::string_view section) {
  ModuleNeeds needs;
  while (!section.empty()) {
    const std::string_view field = section.substr(0, section.find('\0'));
    section.remove_prefix(std::min(field.size() + 1, section.size()));
    if (field.starts_with("depends=")) add_names(needs.depends, field.substr(8), ',');
    if (field.starts_with("alias=")) needs.aliases.push_back(module_name(field.substr(6)));
    if (field.starts_with("softdep=")) add_names(needs.before, pre_part(field.substr(8)), ' ');
  }
  return needs;
}

std::string read_module(const fs::path& file) {
  std::string bytes = util::read_file(file);
  if (!formats::compression_of(bytes)) return bytes;
  auto plain = formats::decompress(bytes);
  if (!plain) throw HostError(fmt::format("{} is damaged: {}", file.string(), plain.error()));
  return std::move(*plain);
}

ModuleNeeds read_needs(const fs::path& file) {
  const auto elf = formats::ElfFile::from_memory(read_module(file));
  if (!elf) throw HostError(fmt::format("{} is damaged: {}", file.string(), elf.error()));
  const auto modinfo = elf->section(".modinfo");
  if (!modinfo) throw HostError(fmt::format("{} has no .modinfo: no module", file.string()));
  return parse_modinfo(*modinfo);
}

namespace {
// A depth-first walk: a module comes behind all that it needs.
class Walk {
 public:
  Walk(const ModuleIndex& index, const NeedsOf& needs_of) : index_(index), needs_of_(needs_of) {}

  void require(const std::string& name, const std::string& needed_by) {
    if (index_.builtin(name).value_or(false) || visit(name)) return;
    auto& list = index_.builtin(name) ? closure.missing : closure.unknown;
    list.push_back({name, needed_by});
  }

  ModuleClosure closure;

 private:
  void prefer(const std::string& name) {
    if (index_.builtin(name).value_or(false) || visit(name)) return;
    const std::string algorithm = provider_of(name);
    if (!algorithm.empty()) visit(algorithm);
  }

  std::string provider_of(const std::string& alias) const {
    std::string found;
    for (const std::string& name : index_.crypto()) {
      const auto aliases = needs_of_(*index_.file(name)).aliases;
      const bool provides = std::find(aliases.begin(), aliases.end(), alias) != aliases.end();
      if (provides && name.ends_with("_generic")) return name;
      if (provides && found.empty()) found = name;
    }
    return found;
  }

  // False when there is no such file.
  bool visit(const std::string& name) {
    const fs::path* file = index_.file(name);
    if (!file || !seen_.insert(name).second) return file != nullptr;
    const ModuleNeeds needs = needs_of_(*file);
    for (const std::string& dependency : needs.before)
      prefer(dependency);
    for (const std::string& dependency : needs.depends)
      require(dependency, name);
    closure.modules.push_back({name, *file});
    return true;
  }

  const ModuleIndex& index_;
  const NeedsOf& needs_of_;
  std::set<std::string> seen_;
};
}  // namespace

NeedsOf remembering(NeedsOf needs_of) {
  const auto known = std::make_shared<std::map<fs::path, ModuleNeeds>>();
  return [known, needs_of = std::move(needs_of)](const fs::path& file) {
    const auto found = known->find(file);
    return found != known->end() ? found->second
                                 : known->emplace(file, needs_of(file)).first->second;
  };
}

ModuleClosure close_over(const ModuleIndex& index, const std::vector<std::string>& wanted,
                         const NeedsOf& needs_of) {
  Walk walk(index, needs_of);
  for (const std::string& name : wanted)
    walk.require(module_name(name), "");
  return std::move(walk.closure);
}

}  // namespace kproof::image
