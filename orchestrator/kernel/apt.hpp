// What apt says of packages, as values. Nothing here runs apt.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::kernel {

struct PackageRecord {
  std::string package, version, architecture;
  std::uint64_t size = 0;           // bytes to download
  std::vector<std::string> images;  // the linux-image-* that it depends on, as apt takes them:
                                    // "name", or "name=version" where the dependency is exact
};

// The stanzas that `apt-cache show` prints.
std::vector<PackageRecord> parse_show(std::string_view text);

// A name that apt can take, with ":arch", "=version" or "/release" behind it if wanted; anything
// else could be read as an option or a pattern.
bool is_package_name(std::string_view text);

// Follows meta-packages to the package that ships a kernel: the one that depends on no
// linux-image-* itself. `show` looks one package up; it returns nothing for an unknown one. Throws
// ConfigError when a package is unknown (it says which led there) or the chain has no end.
using Show = std::function<std::optional<PackageRecord>(const std::string& package)>;
PackageRecord follow_to_kernel(const std::string& package, const Show& show);

// "linux-image-6.12.94+deb12-amd64" for "6.12": of the plain kernels among `names`, no cloud, rt,
// unsigned or debug one, the newest whose version begins so.
std::optional<std::string> newest_image(std::string_view version,
                                        const std::vector<std::string>& names);
// "6.1", "6.12": the versions that these are of, the oldest first.
std::vector<std::string> image_versions(const std::vector<std::string>& names);

// Of `names`, those that somebody who wrote `wanted` may have meant; the best first, at most
// three.
std::vector<std::string> close_names(std::string_view wanted, std::vector<std::string> names);

}  // namespace kproof::kernel
