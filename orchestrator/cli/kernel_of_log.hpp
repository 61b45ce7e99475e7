// Is this vmlinux the kernel that printed that log? The same address is another function in any
// other build, and a trace decoded with it is a lie that looks like the truth. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::cli {

// What is known of a build; "" for what is not.
struct KernelBuild {
  std::string release;      // "6.1.0-56-amd64"
  std::string number;       // "#2": the second build of that tree
  std::string build_id;     // hexadecimal
  std::string banner = {};  // behind "Linux version ": who built it, with what, and when
  auto operator<=>(const KernelBuild&) const = default;
};

// Of the lines "CPU: 0 PID: 1 Comm: x Not tainted 6.1.0 #2 <build ID>" in a report; a log may hold
// several boots.
std::set<KernelBuild> builds_in(std::string_view excerpt);

// The same of the banners of a log, as console::Facts has them.
std::set<KernelBuild> builds_of(const std::vector<std::string>& banners);

// `reports` with the banner of the boot that each may be of: one of equal release and number. All
// banners where no report names a build.
std::set<KernelBuild> with_banners(const std::set<KernelBuild>& reports,
                                   const std::set<KernelBuild>& banners);

// From the image of a vmlinux: the line that it prints at boot. Empty when it holds none.
KernelBuild build_in_banner(std::string_view image, std::string release);

// How two builds differ, each as people call it: "6.1.0 #1" and "6.1.0 #2".
struct Difference {
  std::string log, file;
};
// Empty where nothing says that they are two builds. A build ID decides, where both have one; else
// the whole banner: two trees have the same release and #1 easily.
std::optional<Difference> difference(const KernelBuild& log, const KernelBuild& file);
// The same of all builds that a report or a log names: empty if any may be the file's.
std::optional<Difference> difference(const std::set<KernelBuild>& log, const KernelBuild& file);

}  // namespace kproof::cli
