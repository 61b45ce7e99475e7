// One who has called at a guest's door (door.hpp), from his first line to his leave.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run/door.hpp"

namespace kproof::run {

class DoorCaller {
 public:
  DoorCaller(util::Fd peer, Door& door);
  ~DoorCaller();  // he leaves the guest as he found it
  DoorCaller(const DoorCaller&) = delete;
  DoorCaller& operator=(const DoorCaller&) = delete;

  std::vector<pollfd> fds() const;
  // False when he is gone.
  bool serve();
  void take(int level, const agent::Frame& frame);
  bool is_at(Way way, int level) const { return way_ == way && level_ == level; }

 private:
  bool hear();
  void obey(const std::string& line);
  void answer(const nlohmann::json& what);
  void refuse(const std::string& why);
  void enter(Way way);
  void tell(agent::Type type, std::string payload = {});
  void finish(const std::string& ended);
  void begin_shell(const nlohmann::json& wanted);
  void begin_monitor(const nlohmann::json& wanted);
  void begin_console();
  void begin_gdb();
  void open_stub();
  void open_stub_inside();
  void take_frame(const agent::Frame& frame);
  void take_command(const std::string& bytes);
  void show_console();
  void relay_gdb();
  void end_gdb();
  Room& room() { return door_.room_; }

  Door& door_;
  util::Fd peer_;
  std::string heard_, unsent_;
  agent::Decoder decoder_;
  std::optional<Way> way_;
  int level_ = 1;
  bool last_ = false;  // when all is sent he is shown out
  // Monitor: a command that is not complete, answers that are awaited, and no more will be asked.
  std::string command_, prompt_;
  std::size_t awaited_ = 0;
  bool asked_all_ = false;
  // Console: its log, and what he has not seen of what he was sent.
  util::Fd log_;
  std::size_t unseen_ = 0;
  // A debugger of a guest inside.
  std::filesystem::path gdb_path_;
  util::Fd gdb_listener_, gdb_;
  std::string for_gdb_;
  // Answers that come when he has left find nobody.
  std::shared_ptr<DoorCaller*> self_ = std::make_shared<DoorCaller*>(this);
};

}  // namespace kproof::run
