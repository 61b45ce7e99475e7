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

// "/src/linux/" where panic() is in "/src/linux/kernel/panic.c", as scripts/decode_stacktrace.sh
// finds it; "" when the kernel was built in its tree.
static std::string source_tree(const Object& vmlinux) {
  std::string file = vmlinux.file_of("panic");
  constexpr std::string_view kPanic = "kernel/panic.c";
  if (!file.ends_with(kPanic)) return "";
  file.resize(file.size() - kPanic.size());
  return file;
}

Decoder::Decoder(const fs::path& vmlinux, const fs::path& modules) {
  if (!modules.empty()) files_ = find_modules(modules);
  files_[""] = vmlinux;
  base_ = source_tree(*object(""));
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
  return (objects_[name] = open(name, file->second)).get();
}

// include/linux/vermagic.h: "vermagic=6.1.0-56-amd64 SMP preempt mod_unload modversions "
static std::string release_of_module(std::string_view image) {
  constexpr std::string_view kMark = "vermagic=";
  const std::size_t at = image.find(kMark);
  if (at == image.npos) return "";
  const std::string_view rest = image.substr(at + kMark.size(), 65);  // __NEW_UTS_LEN is 64
  return std::string(rest.substr(0, rest.find_first_of(std::string_view(" \0", 2))));
}

// Null for a module of another kernel.
std::unique_ptr<Object> Decoder::open(const std::string& name, const fs::path& file) {
  auto object = std::make_unique<Object>(file);
  const std::string shown = file.filename().string();
  const std::string release = name.empty() ? "" : release_of_module(object->image());
  if (!release.empty() && !release_.empty() && release != release_) {
    notes_.insert(fmt::format("{} is of {}, and not {}: it is left out", shown, release, release_));
    return nullptr;
  }
  if (!object->has_debug_info())
    notes_.insert(fmt::format("{} holds no debug information: no files and lines", shown));
  return object;
}

std::vector<Places> Decoder::decode(std::string_view line) {
  const auto ref = find_frame_ref(line);
  if (!ref) return {};
  const Object* from = object(ref->module);
  return from ? places_of(*from, *ref) : std::vector<Places>{};
}

std::vector<Places> Decoder::places_of(const Object& object, const FrameRef& ref) const {
  auto candidates = object.resolve(ref);
  for (Places& places : candidates)
    places = shortened(std::move(places));
  return candidates;
}

// Files from the source tree on.
Places Decoder::shortened(Places places) const {
  for (Place& place : places)
    if (place.file.starts_with(base_)) place.file.erase(0, base_.size());
  return places;
}

std::vector<DecodedLine> Decoder::decode_all(std::string_view excerpt) {
  std::vector<DecodedLine> lines;
  std::istringstream stream{std::string(excerpt)};
  for (std::string line; std::getline(stream, line);)
    if (auto found = decode(line); !found.empty()) lines.push_back({line, std::move(found)});
  return lines;
}

std::string Decoder::describe(std::uint64_t address) {
  const Object* vmlinux = object("");
  const auto ref = vmlinux->find_function(address);
  if (!ref) return "";
  const Places places = vmlinux->places_at(address, ref->function);
  const std::string name = fmt::format("{}+{:#x}/{:#x}", ref->function, ref->offset, ref->size);
  const bool known = !places.empty() && !places.front().file.empty();
  return known ? fmt::format("{} ({})", name, to_string(shortened(places))) : name;
}

std::string to_string(const Places& places) {
  std::string text;
  for (const Place& place : places) {
    if (!text.empty()) text += ", inlined into ";
    text += place.function;
    if (!place.file.empty()) text += fmt::format(" ({}:{})", place.file, place.line);
  }
  return text;
}

std::string to_string(const std::vector<Places>& candidates) {
  std::string text;
  for (const Places& places : candidates)
    text += (text.empty() ? "" : ", or ") + to_string(places);
  if (candidates.size() > 1)
    text += fmt::format(": {} functions of that name and size", candidates.size());
  return text;
}

}  // namespace kproof::symbols
