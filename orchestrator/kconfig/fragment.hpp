// A small kconfig file with one purpose, in kernel syntax (kconfigs/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::kconfig {

struct Request {
  std::string symbol;     // "KVM_AMD", without CONFIG_
  std::string value;      // as in a .config: y, m, 250, "text" with its quotes; n for "is not set"
  bool optional = false;  // it may be lost
  std::string place;      // "kvm.config:5"
};

struct Fragment {
  std::string name, purpose;
  std::vector<Request> requests;
};

// `file` is named in messages; the fragment's name is its stem. ConfigError with all that is wrong,
// each with file:line:col, the line and a caret.
Fragment parse_fragment(std::string_view text, const std::string& file);

}  // namespace kproof::kconfig
