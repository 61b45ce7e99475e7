#include "symbols/decoder.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::symbols {
namespace fs = std::filesystem;

// "kvm-amd.ko.xz" -> "kvm_amd", the kernel's name of it; "" if it is no module.
static std::string module_name(const fs::path& file) {
  const std::string name = file.filename().string();
  const std::size_t end = name.find(".ko");
  if (end == name.npos || (end + 3 != name.size() && name[end + 3] != '.')) return "";
  std::string module = name.substr(0, end);
  std::ranges::replace(module, '-', '_');
  return module;
}

static std::map<std::string, fs::path> find_modules(const fs::path& directory) {
  std::map<std::string, fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(directory, error)) {
    const std::string module = module_name(entry.path());
    if (module.empty() || !entry.is_regular_file()) continue;
    // Debug information of its own goes first.
    fs::path& file = files[module];
    if (file.empty() || entry.path().extension() == ".debug") file = entry.path();
  }
  if (error)
    throw ConfigError(fmt::format("cannot read {}: {}", directory.string(), error.message()),
                      "name a directory of modules");
  return files;
}

Decoder::Decoder(const fs::path& vmlinux, const fs::path& modules) {
  if (!modules.empty()) files_ = find_modules(modules);
  files_[""] = vmlinux;
  object("");
}

const Object* Decoder::object(const std::string& module) {
  std::string name = module;
  std::ranges::replace(name, '-', '_');
  if (const auto known = objects_.find(name); known != objects_.end()) return known->second.get();
  const auto file = files_.find(name);
  if (file == files_.end()) {
    notes_.insert(fmt::format("module {} was not given", name));
    return nullptr;
  }
  auto& made = objects_[name] = std::make_unique<Object>(file->second);
  if (!made->has_debug_info())
    notes_.insert(fmt::format("{} holds no debug information: no files and lines",
                              file->second.filename().string()));
  return made.get();
}

std::vector<Place> Decoder::decode(std::string_view line) {
  const auto ref = find_frame_ref(line);
  if (!ref) return {};
  const Object* from = object(ref->module);
  return from ? from->resolve(*ref) : std::vector<Place>{};
}

std::vector<DecodedLine> Decoder::decode_all(std::string_view excerpt) {
  std::vector<DecodedLine> lines;
  std::istringstream stream{std::string(excerpt)};
  for (std::string line; std::getline(stream, line);)
    if (auto places = decode(line); !places.empty()) lines.push_back({line, std::move(places)});
  return lines;
}

std::string Decoder::describe(std::uint64_t address) {
  const Object* vmlinux = object("");
  const auto ref = vmlinux->find_function(address);
  if (!ref) return "";
  const auto places = vmlinux->resolve(*ref);
  const std::string name = fmt::format("{}+{:#x}/{:#x}", ref->function, ref->offset, ref->size);
  const bool known = !places.empty() && !places.front().file.empty();
  return known ? fmt::format("{} ({})", name, to_string(places)) : name;
}

std::string to_string(const std::vector<Place>& places) {
  std::string text;
  for (const Place& place : places) {
    if (!text.empty()) text += ", inlined into ";
    text += place.function;
    if (!place.file.empty()) text += fmt::format(" ({}:{})", place.file, place.line);
  }
  return text;
}

}  // namespace kproof::symbols
