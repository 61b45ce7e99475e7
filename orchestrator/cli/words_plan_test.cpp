#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cli/kernel_words.hpp"

using namespace kproof;
using cli::plan_of_words;

TEST_CASE("kernels of the command line are a plan that can be kept") {
  const auto plan =
      plan_of_words({"v6.1", "debian:6.12", "../linux/", "/a/linux/arch/x86/boot/bzImage"},
                    "/src/linux", "mm/*", "/home/me");
  CHECK(plan.name == "v6.1-debian-6.12-linux-linux-2");
  CHECK(plan.text ==
        "# Kernels of the command line. Keep it and change it: kproof run this-file.yaml\n"
        "schema: 1\nname: \"v6.1-debian-6.12-linux-linux-2\"\ntree: \"/src/linux\"\n"
        "\nkernels:\n"
        "  \"v6.1\": \"v6.1\"\n"
        "  \"debian-6.12\": \"debian:6.12\"\n"
        "  \"linux\": \"/home/linux\"\n"
        "  \"linux-2\": \"/a/linux/arch/x86/boot/bzImage\"\n"
        "\ncases: [\"mm/*\"]\n");
}

TEST_CASE("whatever a file is called, its kernel has a name that a plan can have") {
  const auto plan = plan_of_words({"./.hidden", "./a b:c"}, "", "kvm/x", "/d");
  CHECK(plan.name == "k.hidden-a-b-c");
  CHECK(plan.text.find("\"a-b-c\": \"/d/a b:c\"") != std::string::npos);
  CHECK(plan.text.find("tree:") == std::string::npos);
}
