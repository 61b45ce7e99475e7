// A JUnit document while it is written: names stay unique, counts are of what it holds, and texts
// are cut so that it has less than 30 MB, as GitLab reads no more of a file
// (https://docs.gitlab.com/ci/testing/unit_test_reports/). Internal to report/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <pugixml.hpp>

#include "util/units.hpp"

namespace kproof::report {

class Junit {
 public:
  enum class Kind : std::uint8_t { passed, failure, error, skipped };

  struct Test {
    std::string group;  // of CI's pages, its parts behind each other: group_of()
    std::string name;
    Kind kind = Kind::passed;
    std::string message{};  // one line; of a failure, an error or a skip
    std::string type{};     // of a failure or an error: "crash"
    std::string text{};     // all there is to tell; "" for nothing
    util::Millis time{0};
  };

  explicit Junit(std::string_view name);
  // `started`: "2026-11-22T08:31:48Z"
  void begin_suite(std::string_view name, std::string_view started, std::string_view hostname);
  void add_property(const char* name, std::string_view value);
  // Where group and name are taken, the name gets " (2)" behind it.
  void add(const Test& test);
  void end_suite(std::string_view text = {});
  std::string text();

 private:
  struct Counts {
    std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
    util::Millis time{0};
    void add(Kind kind, util::Millis duration);
  };
  // Bytes that texts may still take: of tests that are wrong, and of all others.
  struct Room {
    std::size_t wrong = 14u << 20, others = 7u << 20;
  };
  static void write(pugi::xml_node node, const Counts& counts);
  void add_outcome(pugi::xml_node node, const Test& test);
  std::string unique(const std::string& group, const std::string& name);

  pugi::xml_document document_;
  pugi::xml_node root_, suite_;
  Counts all_, of_suite_;
  Room room_;
  std::map<std::pair<std::string, std::string>, std::size_t> names_;  // how often
};

// CI pages split class names at their dots, and a kernel's version has dots of its own.
std::string group_of(std::initializer_list<std::string_view> parts);

}  // namespace kproof::report
