// Where the parts of a kernel lie in a directory that somebody points at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kproof::kernel {

struct Located {
  std::filesystem::path image;       // a bzImage or a vmlinux
  std::filesystem::path root;        // lib/modules/<release> and boot/config-<release> lie below it
  std::filesystem::path build_tree;  // or: modules and .config lie in it. At most one of the two
  std::string note;                  // worth telling the user; "" mostly
};

// The kernels of a root, sorted: boot/vmlinuz-*, else, as Fedora ships them,
// lib/modules/<release>/vmlinuz.
std::vector<std::filesystem::path> kernels_in_root(const std::filesystem::path& root);

// A root holds kernels: an unpacked package, or "/". A build tree holds
// arch/x86/boot/bzImage or vmlinux, the newer of which counts: a bzImage older than its vmlinux is
// one that nobody rebuilt. ConfigError, without the plan's place, when it is neither.
Located locate_in_root(const std::filesystem::path& root);
Located locate_in_directory(const std::filesystem::path& directory);
// A file called <root>/boot/vmlinuz-* has its modules in that root; any other file is alone.
Located locate_file(const std::filesystem::path& file);

// Below a root: "usr/lib/debug/boot/vmlinux-6.1.0".
std::filesystem::path debug_vmlinux(const std::string& release);

// "" when there is none.
std::filesystem::path modules_of(const Located& kernel, const std::string& release);
std::filesystem::path config_of(const Located& kernel, const std::string& release);
// The vmlinux with its symbols: of the build tree, or where Debian's -dbg packages have it in the
// root or on this host. That of the host, and any that can be compared with the ELF file that
// boots, must have its build ID.
std::filesystem::path vmlinux_of(const Located& kernel, const std::string& release,
                                 const std::filesystem::path& boot_file);

}  // namespace kproof::kernel
