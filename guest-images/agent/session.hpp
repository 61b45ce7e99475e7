// One job, from hello to bye. A single thread and one poll loop: kmsg, the case's output, the host
// and the heartbeat are served in turn, so that a heartbeat means that all of them are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/frame.hpp"
#include "agent/messages.hpp"
#include "inner.hpp"
#include "port.hpp"
#include "program.hpp"
#include "trace.hpp"
#include "visit.hpp"

namespace kproof::guest {

class Session {
 public:
  // `modules`: what is still to be loaded before the case.
  Session(Port port, std::vector<std::string> modules);
  // Returns when bye was sent or the host is gone; the kernel's log then says why.
  void run();

 private:
  void converse();
  bool wait_for_job();
  void prepare();
  void prepare_trace();
  void run_case();
  void send_trace();
  void wait_to_go_on();
  void look_for_leaks();
  void finish();

  void tell_facts(const std::vector<std::string>& files, agent::Facts facts = {});
  void tell_ram();
  void start_inner();
  void start_case();
  bool case_runs() const { return program_.pid > 0 && !ended_; }
  void end_case();    // asks it to: SIGTERM, for a case around a guest
  bool done() const;  // the case, and the guest inside, have ended

  // Waits for the next event, or as long, and serves it.
  void turn(int milliseconds = -1);
  void linger();
  void serve_host();
  void serve_frame(const agent::Frame& frame, std::string& error);
  void serve_user(Visit& visit, const agent::Frame& frame, std::string& error);
  void open_shell(const agent::Shell& wanted);
  void end_shell(const agent::CaseEnded& ended);
  bool serve_kmsg();
  void serve_heartbeat();
  void deliver(const agent::Frame& frame);
  void serve_child();
  bool serve_output(int& fd, agent::Type type);  // false at end of file
  void drain_output();
  void drain_kmsg();
  void abort_case();
  void examine(const agent::Examine& wanted);
  void say_canary(std::string_view which);
  void reset_if_told() const;

  Port port_;
  std::vector<std::string> modules_;
  agent::Decoder decoder_;
  int kmsg_ = -1, children_ = -1, heartbeat_ = -1;
  bool host_gone_ = false;
  std::optional<agent::Job> job_;
  std::optional<Inner> inner_;
  std::optional<Visit> visit_;
  std::optional<Trace> trace_;
  Program program_;
  std::optional<Visit> shell_;  // of somebody who looks at this guest
  Program shell_program_;
  bool may_go_on_ = false;
  pid_t leak_scan_ = -1;
  std::optional<agent::CaseEnded> ended_;
  bool aborted_ = false;
  std::string kvm_problem_;    // why the KVM that the job needs is not to be had
  std::string trace_problem_;  // why what is to be recorded is not to be had
  std::string awaited_;        // the record that ends the draining of kmsg; "" once it was sent
  agent::Bye bye_;
  bool bye_said_ = false;
};

}  // namespace kproof::guest
