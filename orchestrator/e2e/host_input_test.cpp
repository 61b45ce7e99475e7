// What a user can get wrong: told at once, with the place and the next step, and nothing is left.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::input_test {
namespace fs = std::filesystem;

// A plan of one kernel and one case; `kernel` is what stands behind its name.
static std::string plan_with_kernel(const std::string& kernel) {
  return fmt::format(
      "schema: 1\nname: host_input\nkernels:\n  k: {}\ntopologies:\n  l1: {{ memory: 512M }}\n"
      "cases:\n  - selftest/pass\n",
      kernel);
}

namespace {
struct Refused {
  Ended ended;
  fs::path plan, out;
  bool says(const std::string& text) const { return ended.err.find(text) != std::string::npos; }
};
}  // namespace

static Refused run_text(const util::ScratchDir& scratch, const std::string& text) {
  Refused refused{.ended = {}, .plan = scratch.path() / "plan.yaml", .out = scratch.path() / "out"};
  util::write_file_atomically(refused.plan, text);
  Program program({command({"run", refused.plan, "--out", refused.out})});
  refused.ended = program.wait(seconds(30));
  CHECK(left_by(program.pid(), refused.out).empty());
  CHECK_FALSE(fs::exists(refused.out / "results.json"));
  INFO(refused.ended.err);
  CHECK(refused.ended.code == 2);
  return refused;
}

TEST_CASE("an unknown key of a plan is shown in its line with a caret") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Refused refused = run_text(scratch, "schema: 1\nname: x\nkernel: {}\n");
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":3:1: "));
  CHECK(refused.says("unknown key `kernel`"));
  CHECK(refused.says("kernel: {}\n"));
  CHECK(refused.says("^"));
  CHECK(refused.says("did you mean `kernels`?"));
}

TEST_CASE("a plan that is no YAML is shown with the place where it stops being YAML") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Refused refused = run_text(scratch, "schema: 1\nname: x\nkernels: {k: [}\n");
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":3:"));
  CHECK(refused.says("^"));
}

TEST_CASE("a plan that does not exist is named") {
  const Ended ended = run_kproof({"run", "/no/such/plan.yaml"});
  CHECK(ended.code == 2);
  CHECK_MESSAGE(ended.err.find("/no/such/plan.yaml") != std::string::npos, ended.err);
}

TEST_CASE("a kernel package that does not exist is named with its place in the plan") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Refused refused =
      run_text(scratch, plan_with_kernel("{ package: linux-image-no-such-thing }"));
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":4:3: kernel k: "));
  CHECK(refused.says("linux-image-no-such-thing"));
}

TEST_CASE("a kernel path that does not exist is named with its place in the plan") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Refused refused = run_text(scratch, plan_with_kernel("{ path: no/such/bzImage }"));
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":4:3: kernel k: "));
  CHECK(refused.says((scratch.path() / "no/such/bzImage").string() + " does not exist"));
}

TEST_CASE("a file that is not a kernel is called what it is") {
  const util::ScratchDir scratch("kproof-e2e-");
  util::write_file_atomically(scratch.path() / "script", "#!/bin/sh\nexit 0\n");
  const Refused refused = run_text(scratch, plan_with_kernel("{ path: script }"));
  CAPTURE(refused.ended.err);
  CHECK(refused.says("kernel k: " + (scratch.path() / "script").string()));
  CHECK(refused.says(" is not a kernel but text that begins \"#!/bin/sh\" (17 bytes)"));
  CHECK(refused.says("hint: give a bzImage, a vmlinux"));
}

TEST_CASE("a program of the host is no kernel though it is an ELF file") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Refused refused = run_text(scratch, plan_with_kernel("{ path: /bin/true }"));
  CAPTURE(refused.ended.err);
  CHECK(refused.says("kernel k: /bin/true is an ELF program"));
  CHECK(refused.says("not a kernel"));
}

TEST_CASE("a case that does not exist is named with its place in the plan") {
  const util::ScratchDir scratch("kproof-e2e-");
  std::string text = plan_with_kernel("{ package: linux-image-amd64 }");
  text.replace(text.find("selftest/pass"), 13, "selftest/pas");
  const Refused refused = run_text(scratch, text);
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":8:"));
  CHECK(refused.says("case `selftest/pas` does not exist"));
  CHECK(refused.says("did you mean `selftest/pass`?"));
}

TEST_CASE("a CPU model that nobody knows is shown with a caret, and the nearest one") {
  const util::ScratchDir scratch("kproof-e2e-");
  std::string text = plan_with_kernel("{ package: linux-image-amd64 }");
  text.replace(text.find("memory: 512M"), 12, "cpu: Nehalm");
  const Refused refused = run_text(scratch, text);
  CAPTURE(refused.ended.err);
  CHECK(refused.says(refused.plan.string() + ":6:14: libvirt knows no CPU model `Nehalm`\n"));
  CHECK(refused.says("  l1: { cpu: Nehalm }\n      |              ^\n"));
  CHECK(refused.says("did you mean `Nehalem`?"));
}

TEST_CASE("KVM that cannot be used is a fault of the host with its reason when it was asked for") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  const Ended doctor = run_kproof({"doctor"});
  if (doctor.out.find("stock kernels do not boot") == std::string::npos &&
      doctor.out.find("TCG") == std::string::npos)
    return skip("a machine without usable KVM");
  const Ended ended = run_kproof({"run", plan("one"), "--out", out, "--accel", "kvm"});
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(ended.err.find("--accel kvm: ") != std::string::npos);
  CHECK(ended.err.find("hint: ") != std::string::npos);
}

}  // namespace kproof::e2e::host::input_test
