#include "worker/depot.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "source/unbuildable.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;
using KernelJson = nlohmann::ordered_json;

static fs::path place_of(const fs::path& directory, const std::string& kernel) {
  return directory / "boot" / kernel;
}

static fs::path fault_of(const fs::path& directory, const std::string& kernel) {
  return directory / "boot" / (kernel + ".fault");
}

bool is_stored(const fs::path& directory, const std::string& kernel) {
  return fs::exists(place_of(directory, kernel) / "kernel.json") ||
         fs::exists(fault_of(directory, kernel));
}

static void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code crosses;
  fs::create_hard_link(from, to, crosses);
  if (crosses) fs::copy_file(from, to);
}

// A tree of modules has links to the headers it was built with, which no guest wants.
static void add_tree(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path there = to / entry.path().filename();
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) add_tree(entry.path(), there);
    if (entry.is_regular_file()) link_or_copy(entry.path(), there);
  }
}

static std::string add_file(const fs::path& from, const fs::path& draft, const char* name) {
  if (from.empty()) return "";
  link_or_copy(fs::canonical(from), draft / name);
  return name;
}

static KernelJson fill(const fs::path& draft, const model::KernelArtifact& kernel) {
  KernelJson json{{"name", kernel.name},       {"label", kernel.label},
                  {"release", kernel.release}, {"origin", kernel.origin},
                  {"pvh", kernel.pvh},         {"identity", kernel.identity}};
  json["boot_file"] = add_file(kernel.boot_file, draft, "boot");
  json["config"] = add_file(kernel.config, draft, "config");
  json["vmlinux"] = kernel.vmlinux == kernel.boot_file ? json["boot_file"].get<std::string>()
                                                       : add_file(kernel.vmlinux, draft, "vmlinux");
  json["modules"] = kernel.modules_dir.empty() ? "" : "modules";
  if (!kernel.modules_dir.empty()) add_tree(kernel.modules_dir, draft / "modules");
  return json;
}

void store_kernel(const fs::path& directory, const model::KernelArtifact& kernel) {
  const fs::path place = place_of(directory, kernel.name);
  fs::create_directories(place.parent_path());
  const util::ScratchDir scratch(place.parent_path(), ".draft-");
  const fs::path draft = scratch.path() / "kernel";
  fs::create_directories(draft);
  util::write_file_atomically(draft / "kernel.json", fill(draft, kernel).dump(1) + "\n");
  std::error_code error;
  fs::rename(draft, place, error);
  if (error && !is_stored(directory, kernel.name))
    throw util::file_error("write", place, error.value());
}

void store_fault(const fs::path& directory, const std::string& kernel, const std::string& what,
                 const std::string& hint, bool unbuildable) {
  const fs::path file = fault_of(directory, kernel);
  fs::create_directories(file.parent_path());
  const KernelJson json{{"what", what}, {"hint", hint}, {"unbuildable", unbuildable}};
  util::write_file_atomically(
      file, json.dump(1, ' ', false, KernelJson::error_handler_t::replace) + "\n");
}

static void throw_fault(const fs::path& file) {
  const KernelJson json = KernelJson::parse(util::read_file(file));
  const std::string what = json.at("what"), hint = json.at("hint");
  if (json.at("unbuildable").get<bool>()) throw source::Unbuildable(what, hint);
  throw ConfigError(what, hint);
}

static model::KernelArtifact decode_kernel(const KernelJson& json, const fs::path& place) {
  const auto path = [&](const char* key) {
    const std::string name = json.at(key);
    return name.empty() ? fs::path() : place / name;
  };
  return {.name = json.at("name"),
          .label = json.at("label"),
          .release = json.at("release"),
          .origin = json.at("origin"),
          .boot_file = path("boot_file"),
          .pvh = json.at("pvh"),
          .modules_dir = path("modules"),
          .config = path("config"),
          .vmlinux = path("vmlinux"),
          .identity = json.at("identity")};
}

model::KernelArtifact take_kernel(const fs::path& directory, const model::KernelSpec& spec) {
  const fs::path file = place_of(directory, spec.name) / "kernel.json";
  try {
    if (fs::exists(fault_of(directory, spec.name))) throw_fault(fault_of(directory, spec.name));
    return decode_kernel(KernelJson::parse(util::read_file(file)), file.parent_path());
  } catch (const nlohmann::json::exception& error) {
    throw HostError(
        fmt::format("kernel {}: {} cannot be read: {}", spec.name, file.string(), error.what()));
  }
}

}  // namespace kproof::worker
