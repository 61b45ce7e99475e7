// Traces with files and lines, as the kernel's scripts/decode_stacktrace.sh makes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "symbols/object.hpp"

namespace kproof::symbols {

// A line of a trace that names a function.
struct DecodedLine {
  std::string line;
  std::vector<Places> candidates;  // one, or more where functions share name and size
};

class Decoder {
 public:
  // `modules`: a directory that is searched for NAME.ko, however deep and also compressed or with
  // .debug behind it; "" for none. ConfigError when a file cannot be used.
  explicit Decoder(const std::filesystem::path& vmlinux, const std::filesystem::path& modules = "");

  const Object& vmlinux() { return *object(""); }
  // Modules of another release are left out from here on: "6.1.0-56-amd64".
  void expect_release(std::string release) { release_ = std::move(release); }
  // Of a line of a trace; empty where it names no function that can be found. Files are relative to
  // the source tree ("mm/mprotect.c"), also where the kernel was built outside of it.
  std::vector<Places> decode(std::string_view line);
  // The lines of an excerpt that are decoded, in their order.
  std::vector<DecodedLine> decode_all(std::string_view excerpt);
  // Where the kernel was linked to be: "native_halt+0x4/0x10", with its place in brackets behind
  // it; "" for an address that is in no function of vmlinux.
  std::string describe(std::uint64_t address);
  // What could not be had, each once: "vmlinux holds no debug information".
  const std::set<std::string>& notes() const { return notes_; }

 private:
  std::vector<Places> places_of(const Object& object, const FrameRef& ref) const;
  Places shortened(Places places) const;
  const Object* object(const std::string& module);
  std::unique_ptr<Object> open(const std::string& name, const std::filesystem::path& file);

  std::map<std::string, std::filesystem::path> files_;  // by module
  std::map<std::string, std::unique_ptr<Object>> objects_;
  std::set<std::string> notes_;
  std::string base_;  // of the source tree, in the names of files; "" or with a slash behind it
  std::string release_;
};

// "zap (mm/zap.c:12), inlined into walk (mm/walk.c:40)"; "" for no places.
std::string to_string(const Places& places);
// Of several: "a (x.c:1), or a (y.c:2): two functions of that name and size".
std::string to_string(const std::vector<Places>& candidates);

}  // namespace kproof::symbols
