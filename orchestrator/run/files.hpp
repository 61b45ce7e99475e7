// What a cell leaves in its directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace kproof::run {

// The logs of one guest: "console.log" of L1, "console-l2.log" of the guest inside it.
struct LevelFiles {
  std::filesystem::path dir;
  int level = 1;

  std::filesystem::path console() const { return log("console"); }  // serial, raw
  std::filesystem::path kmsg() const { return log("kmsg"); }        // /dev/kmsg records, raw
  std::filesystem::path ktap() const { return log("ktap"); }        // the case's stdout
  std::filesystem::path errors() const { return log("stderr"); }    // the case's stderr
  std::filesystem::path qemu() const { return log("qemu"); }
  std::filesystem::path hang() const { return log("hang"); }  // of a guest that hung

 private:
  std::filesystem::path log(const std::string& role) const {
    return dir / (level == 1 ? role + ".log" : role + "-l" + std::to_string(level) + ".log");
  }
};

struct CellFiles {
  std::filesystem::path dir;

  LevelFiles level(int level) const { return {dir, level}; }
  std::filesystem::path memory() const { return dir / "memory.elf"; }  // --dump-on-hang
  std::filesystem::path core() const { return dir / "vmcore"; }        // kproof dump
  std::filesystem::path trace() const { return dir / "trace.dat"; }    // kproof trace
  std::filesystem::path domain() const { return dir / "domain.xml"; }
  std::filesystem::path decoded() const { return dir / "decoded.log"; }    // traces of findings
  std::filesystem::path timeline() const { return dir / "timeline.log"; }  // kmsg of all levels
  std::filesystem::path result() const {
    return dir / "cell.json";
  }  // last: without it the cell is not finished

  // Role -> path below `root`, of those that exist: "console", "console-l2", "domain".
  std::map<std::string, std::string> below(const std::filesystem::path& root) const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(dir))
      if (entry.is_regular_file() && entry.path() != result())
        found[entry.path().stem().string()] =
            std::filesystem::relative(entry.path(), root).string();
    return found;
  }
};

}  // namespace kproof::run
