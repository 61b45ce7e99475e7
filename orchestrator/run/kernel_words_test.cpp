#include "run/kernel_words.hpp"

#include <doctest/doctest.h>

using namespace kproof::run;
using Lines = std::vector<std::string>;

static const std::string kBoot =
    "6,1,100,-;Linux version 6.12.1-rt\n"
    "4,2,200,-;ACPI: something is odd\n"
    "3,3,300,-;pci 0000:00:1f.2: no irq\n";
static const std::string kBegin = "12,4,900000,-;kproof-canary n1 begin\n";

TEST_CASE("a module that the kernel refuses is quoted with the kernel's reason") {
  const std::string log = kBoot + kBegin +
                          "6,5,910000,-;kvm_amd: TSC scaling supported\n"
                          "3,6,920000,-;kvm: RT requires X86_FEATURE_CONSTANT_TSC\n";
  CHECK(kernel_words(log, "module kvm_amd: Operation not supported, no /dev/kvm: ...", "n1") ==
        Lines{"kvm: RT requires X86_FEATURE_CONSTANT_TSC"});
}

TEST_CASE("a driver that is built in has said it at boot") {
  const std::string log = "3,3,300,-;kvm: no hardware support for 'kvm_amd'\n" + kBoot + kBegin;
  CHECK(kernel_words(log, "no /dev/kvm: the CPU shows neither svm nor vmx", "n1") ==
        Lines{"kvm: no hardware support for 'kvm_amd'"});
}

TEST_CASE("errors meanwhile are quoted where the subsystem says nothing; two at most, the last") {
  const std::string log = kBoot + kBegin +
                          "3,5,910000,-;one: fails\n"
                          "3,6,920000,-;two: fails\n SUBSYSTEM=x\n"
                          "3,7,930000,-;three: fails\n"
                          "3,8,940000,-;three: fails\n";
  CHECK(kernel_words(log, "mmap: Cannot allocate memory", "n1") ==
        Lines{"two: fails", "three: fails"});
  CHECK(kernel_words(log, "no device one", "n1") == Lines{"one: fails", "three: fails"});
}

TEST_CASE("what is no explanation is not quoted: chatter, other subsystems' boot, programs") {
  const std::string log = kBoot + kBegin +
                          "6,5,910000,-;nfit ACPI0012:00: found\n"
                          "11,6,920000,-;nfit: a program's words\n"
                          "4,7,930000,-;loop: a warning of another\n";
  CHECK(kernel_words(log, "module nfit: No such device", "n1").empty());
  CHECK(kernel_words("", "module nfit: No such device", "n1").empty());
}
