// Facts of a vmlinux.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::kernel {

struct Vmlinux {
  bool pvh = false;                   // it says where a hypervisor may enter it
  bool kasan = false;                 // instrumented by KASAN
  std::string release;                // from its banner, "Linux version 6.1.0 (..."
  std::optional<std::string> config;  // embedded by CONFIG_IKCONFIG=y
};

// `name` is what messages call it. ConfigError, without the plan's place, when it is not a linked
// x86-64 kernel.
Vmlinux inspect_vmlinux(const std::filesystem::path& path, const std::string& name);

// "" when there is no banner.
std::string release_in_banner(std::string_view vmlinux);
std::optional<std::string> embedded_config(std::string_view vmlinux);

}  // namespace kproof::kernel
