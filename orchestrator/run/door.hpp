// Where the user of a run gets into one of its guests (kproof attach, kproof gdb): a Unix socket of
// the kproof that owns the guest, for him and root alone. Nothing else is there for it before he
// comes: no device, no port, no stub.
//
// A caller writes one line, a JSON object: `do`, one of the words below, and `level`. He gets one
// line back, an object with `error`, or what he asked for:
//   tell     what this guest is and how it is; for the list
//   pause, resume
//   console, monitor, shell   (`term` of a shell; `prompts` of a monitor that is typed into) from
//   then on both sides speak frames (agent/frame.hpp), those of a
//                             visit: case_started, case_stdout, input_taken and case_ended for him,
//                             input, resize and output_taken of him
//   gdb      `socket`, where gdb finds the stub of that level's QEMU
// He is in the guest until he hangs up, and the guest is then as its hold says (hold.hpp).
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <poll.h>

#include "agent/frame.hpp"
#include "run/hold.hpp"
#include "util/fd.hpp"

namespace kproof::run {

// The guest, as its runner lets a caller at it.
class Room {
 public:
  virtual ~Room() = default;
  virtual int levels() const = 0;
  virtual nlohmann::json state() const = 0;
  virtual Hold& hold() = 0;
  // One line of QMP for the QEMU of that level, `file` going with it (L1 only); the answer's line
  // comes later, or never.
  using Answer = std::function<void(const std::string& line)>;
  virtual void ask(int level, std::string command, std::shared_ptr<util::Fd> file,
                   Answer answer) = 0;
  virtual void type(int level, std::string_view bytes) = 0;  // into its serial console
  virtual void send(int level, agent::Type type, const std::string& payload) = 0;
  virtual std::string why_no_shell(int level) const = 0;  // "" where one can be had
  virtual std::string why_no_qemu(int level) const = 0;   // "" while it runs
  virtual std::filesystem::path console(int level) const = 0;
};

class DoorCaller;

class Door {
 public:
  // `path`: at most 107 bytes; "" for no door. HostError when it cannot listen there. What a
  // debugger connects to are sockets beside it.
  Door(const std::filesystem::path& path, Room& room);
  ~Door();  // removes it
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  std::vector<pollfd> fds() const;
  // Whatever can be done without waiting.
  void serve();
  // What an agent sent that is for a caller: of a shell, or of a stub.
  void take(int level, const agent::Frame& frame);

 private:
  void accept_callers();

  const std::filesystem::path path_;
  Room& room_;
  util::Fd listener_;
  bool stub_open_ = false;        // of L1's QEMU: there for good
  std::map<int, unsigned> left_;  // debuggers of a level to whom bytes may be on their way still
  std::list<std::unique_ptr<DoorCaller>> callers_;
  friend class DoorCaller;
};

}  // namespace kproof::run
