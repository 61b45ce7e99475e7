#include "kernel/boot_image.hpp"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats/decompress.hpp"
#include "kernel/bzimage.hpp"
#include "kernel/sniff.hpp"
#include "kernel/vmlinux.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::kernel {
namespace fs = std::filesystem;
using nlohmann::json;

// Bumped when what lies in an entry changes; entries of another number are left alone.
constexpr std::string_view layout = "2";

static std::string head_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

static std::string unpack(const Payload& payload, const fs::path& file) {
  std::string vmlinux;
  const auto size = formats::decompress(payload.stream, [&](std::string_view block) {
    if (vmlinux.size() <= payload.vmlinux_size) vmlinux.append(block);
  });
  if (!size) throw ConfigError(fmt::format("{} is damaged: {}", file.string(), size.error()));
  if (*size != payload.vmlinux_size)
    throw ConfigError(fmt::format("{} is damaged: its payload unpacks to {} bytes and should to {}",
                                  file.string(), *size, payload.vmlinux_size));
  return vmlinux;
}

// A copy that is known to be of the content that was hashed.
static void copy_unchanged(const fs::path& from, const fs::path& to, const std::string& content) {
  fs::copy_file(from, to);
  if (util::hash_file(to) != content)
    throw ConfigError(fmt::format("{} changed while it was read", from.string()),
                      "wait for the build to end");
}

static void write_facts(const fs::path& draft, std::string_view boot_file, const Vmlinux& facts) {
  if (facts.config) util::write_file_atomically(draft / "config", *facts.config);
  const json record{{"release", facts.release},
                    {"boot_file", boot_file},
                    {"pvh", facts.pvh},
                    {"config", facts.config ? "config" : ""}};
  util::write_file_atomically(draft / "kernel.json", record.dump(2) + "\n");
}

static Vmlinux unpack_vmlinux(const BzImage& image, const fs::path& draft, const fs::path& file) {
  if (!formats::compression_of(image.payload)) return {};  // lzo, or plain: boots as it is
  util::write_file_atomically(draft / "vmlinux", unpack(split_payload(image.payload), file));
  return inspect_vmlinux(draft / "vmlinux", fmt::format("the vmlinux in {}", file.string()));
}

static void fill_from_bzimage(const fs::path& draft, const fs::path& file,
                              const std::string& content) {
  copy_unchanged(file, draft / "bzImage", content);
  const std::string bytes = util::read_file(draft / "bzImage");
  const auto image = parse_bzimage(bytes);
  if (!image) throw ConfigError(fmt::format("{} cannot boot: {}", file.string(), image.error()));
  Vmlinux facts = unpack_vmlinux(*image, draft, file);
  if (!image->release.empty()) facts.release = image->release;
  // The C code behind the PVH entry (arch/x86/platform/pvh/enlighten.c) runs before KASAN has a
  // shadow, and in 6.1 it is instrumented: a triple fault before the first line on the console.
  facts.pvh = facts.pvh && !facts.kasan;
  fs::remove(draft / (facts.pvh ? "bzImage" : "vmlinux"));
  write_facts(draft, facts.pvh ? "vmlinux" : "bzImage", facts);
}

static void fill_from_vmlinux(const fs::path& draft, const fs::path& file,
                              const std::string& content) {
  copy_unchanged(file, draft / "vmlinux", content);
  const Vmlinux facts = inspect_vmlinux(draft / "vmlinux", file.string());
  if (!facts.pvh)
    throw ConfigError(fmt::format("{} has no PVH entry (CONFIG_PVH is off), so QEMU cannot boot it",
                                  file.string()),
                      "give arch/x86/boot/bzImage (`make bzImage`), or build with CONFIG_PVH=y");
  write_facts(draft, "vmlinux", facts);
}

static BootImage read_facts(const fs::path& entry, const std::string& content) {
  const json record = json::parse(util::read_file(entry / "kernel.json"));
  const auto config = record.at("config").get<std::string>();
  return {.content = content,
          .release = record.at("release"),
          .boot_file = entry / record.at("boot_file").get<std::string>(),
          .pvh = record.at("pvh"),
          .config = config.empty() ? fs::path() : entry / config};
}

BootImage prepare_boot_image(const fs::path& images, const fs::path& file,
                             const Progress& progress) {
  const Sniffed sniffed = sniff(head_of(file), fs::file_size(file));
  if (sniffed.kind != FileKind::bzimage && sniffed.kind != FileKind::elf)
    throw ConfigError(fmt::format("{} is not a kernel but {}", file.string(), sniffed.what),
                      "give a bzImage, a vmlinux, a kernel build tree, a .deb or a .rpm");
  const std::string content = util::hash_file(file);
  const fs::path entry = images / fmt::format("{}-{}", content, layout);
  make_once(entry, progress, [&](const fs::path& draft) {
    progress(fmt::format("preparing {}", file.string()));
    sniffed.kind == FileKind::bzimage ? fill_from_bzimage(draft, file, content)
                                      : fill_from_vmlinux(draft, file, content);
  });
  return read_facts(entry, content);
}

}  // namespace kproof::kernel
