#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "kconfig/dotconfig.hpp"
#include "kconfig/fragment.hpp"
#include "kconfig/language.hpp"
#include "kconfig/verify.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::kconfig;
namespace fs = std::filesystem;

static std::string refusal(const std::string& text) {
  try {
    parse_fragment(text, "x.config");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST_CASE("a fragment has a purpose and requests with their places") {
  const auto fragment = parse_fragment(
      "# A host.\n\nCONFIG_KVM=y\n# optional: since 6.9\nCONFIG_X=m\n# CONFIG_Y is not set\n"
      "CONFIG_N=0x10\nCONFIG_S=\"a b\"\n",
      "kvm.config");
  CHECK(fragment.name == "kvm");
  CHECK(fragment.purpose == "A host.");
  REQUIRE(fragment.requests.size() == 5);
  CHECK(fragment.requests[0].place == "kvm.config:3");
  CHECK_FALSE(fragment.requests[0].optional);
  CHECK(fragment.requests[1].optional);
  CHECK(fragment.requests[2].value == "n");
  CHECK_FALSE(fragment.requests[2].optional);
  CHECK(fragment.requests[4].value == "\"a b\"");
}

TEST_CASE("what is wrong with a fragment is told with line, column and a caret") {
  CHECK(refusal("# A.\nCONFIG_A=yes\n") ==
        "x.config:2:10: a value is y, m, n, a number or a text in quotes\n"
        "    2 | CONFIG_A=yes\n      |          ^");
  CHECK(refusal("CONFIG_A=y\n").find("x.config:1:1: the first line must be a comment") == 0);
  CHECK(refusal("# A.\nKVM=y\n").find("x.config:2:1: a line must start with CONFIG_") == 0);
  CHECK(refusal("# A.\nCONFIG_A\n").find("x.config:2:9: here must be `=`") == 0);
  CHECK(refusal("# A.\nCONFIG_A-B=y\n").find("x.config:2:8: this is no name") == 0);
  CHECK(refusal("# A.\n# CONFIG_A is not  set\n").find("x.config:2:11: neither a comment") == 0);
  CHECK(refusal("# A.\nCONFIG_A=y\nCONFIG_A=n\n")
            .find("x.config:3:8: already asked for at "
                  "x.config:2") == 0);
  CHECK(refusal("# A.\nCONFIG_S=\"a\n").find("x.config:2:10:") == 0);
  CHECK(refusal("") == "x.config:0:1: the fragment is empty\n    0 | \n      | ^");
}

TEST_CASE("all that is wrong with a fragment is told at once") {
  const std::string all = refusal("# A.\nA\nB\n");
  CHECK(all.find("x.config:2:1") != std::string::npos);
  CHECK(all.find("x.config:3:1") != std::string::npos);
}

TEST_CASE("every fragment that is shipped can be read, and its file is named after it") {
  int count = 0;
  for (const auto& file : fs::directory_iterator(KPROOF_TEST_DIR "/../../kconfigs/fragments")) {
    CAPTURE(file.path().string());
    CHECK_NOTHROW(parse_fragment(util::read_file(file.path()), file.path().filename().string()));
    ++count;
  }
  CHECK(count >= 15);
}

TEST_CASE("a later fragment's value replaces an earlier one's and the base's") {
  const std::vector fragments{
      parse_fragment("# A.\nCONFIG_HZ=100\nCONFIG_KVM=y\n", "a.config"),
      parse_fragment("# B.\nCONFIG_HZ=250\n# CONFIG_SLOB is not set\n", "b.config")};
  CHECK(merge("CONFIG_SLOB=y\nCONFIG_X=y\n# CONFIG_KVM is not set\n", fragments) ==
        "CONFIG_X=y\nCONFIG_HZ=250\nCONFIG_KVM=y\n# CONFIG_SLOB is not set\n");
}

TEST_CASE("a config of another architecture is recognised") {
  CHECK(foreign_architecture("#\n# Linux/arm64 6.1.0 Kernel Configuration\n#\n") == "arm64");
  CHECK(foreign_architecture("#\n# Linux/x86 6.1.0 Kernel Configuration\n#\nCONFIG_64BIT=y\n") ==
        "");
  CHECK(foreign_architecture("# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_X86_32=y\n") ==
        "32-bit x86");
  CHECK(foreign_architecture("CONFIG_ARM64=y\n") == "ARM64");
  CHECK(foreign_architecture("CONFIG_KVM=y\n") == "");
}

TEST_CASE("what is no .config is told from one") {
  CHECK(not_a_dotconfig("#\n# Linux/x86\n\nCONFIG_KVM=y\n# CONFIG_SMP is not set\n") == "");
  CHECK(not_a_dotconfig("# CONFIG_SMP is not set\n") == "");
  CHECK(not_a_dotconfig("# CONFIG\nroot:x:0:0\n") == "line 2 is neither CONFIG_...= nor a comment");
  CHECK(not_a_dotconfig("") == "it names no CONFIG_ symbol");
}

TEST_CASE("expressions are evaluated as kconfig does") {
  const Values values{{"A", "y"}, {"M", "m"}, {"HZ", "250"}, {"64BIT", "y"}, {"S", "\"text\""}};
  const auto value = [&](const char* text) { return evaluate(parse_expression(text), values); };
  CHECK(value("A") == Tri::yes);
  CHECK(value("A && M") == Tri::module);
  CHECK(value("B || M") == Tri::module);
  CHECK(value("!M") == Tri::module);
  CHECK(value("!B && (A || B)") == Tri::yes);
  CHECK(value("M=y") == Tri::no);
  CHECK(value("64BIT && !32BIT") == Tri::yes);
  CHECK(value("M = m") == Tri::yes);
  CHECK(value("B=n") == Tri::yes);
  CHECK(value("A != n") == Tri::yes);
  CHECK(value("HZ >= 100") == Tri::yes);
  CHECK(value("HZ<100") == Tri::no);
  CHECK(value("S = \"text\"") == Tri::yes);
  CHECK(value("$(cc-option,-fsanitize=(thread)) && A") == Tri::yes);
  CHECK_THROWS(parse_expression("A &&"));
  CHECK_THROWS(parse_expression("(A"));
  CHECK_THROWS(parse_expression("A B"));
  CHECK(to_string(parse_expression("A&&(B||!C) && D!=y")) == "A && (B || !C) && D!=y");
}

static Language tree(const std::map<std::string, std::string>& files) {
  return read_language([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

static const std::map<std::string, std::string> kTree{
    {"Kconfig",
     "mainmenu \"Linux/$(ARCH)\"\n"
     "source \"arch/$(SRCARCH)/Kconfig\"\n"
     "source \"mm/Kconfig\"\n"},
    {"arch/x86/Kconfig", "config X86_64\n\tdef_bool y\n\tselect HAVE_FOO if KVM\n"},
    {"mm/Kconfig", R"(menu "Memory"
	depends on MMU

if HOTPLUG
config ZONE_DEVICE
	bool "Device memory" if EXPERT
	depends on X86_64 && \
		(REMOVE || COMPILE_TEST)
	help
	  depends on nothing: this is help.

	  config NOT_A_SYMBOL
config REMOVE
	bool "Removal"
endif

choice
	prompt "Allocator"
	default SLUB
config SLUB
	bool "SLUB"
config SLOB
	bool "SLOB"
	depends on EXPERT
endchoice
endmenu
config HAVE_FOO
	bool
config KVM
	tristate "KVM" # a comment
	select SRCU
config SRCU
	bool "S"
)"}};

static Lost only_loss(const std::string& lines, const Values& finished) {
  const auto all = verify({parse_fragment("# A.\n" + lines, "a.config")}, finished, tree(kTree));
  REQUIRE(all.size() == 1);
  return all.front();
}

TEST_CASE("the Kconfig language is read through sources, menus, ifs, choices, help and comments") {
  const Language language = tree(kTree);
  CHECK(language.unread.empty());
  CHECK_FALSE(language.symbols.contains("NOT_A_SYMBOL"));
  const Definition& zone = language.symbols.at("ZONE_DEVICE").definitions.at(0);
  CHECK(zone.place == "mm/Kconfig:5");
  CHECK(zone.depends.size() == 3);
  CHECK(zone.visible.size() == 1);
  REQUIRE(language.choices.size() == 1);
  CHECK(language.choices[0].members == std::vector<std::string>{"SLUB", "SLOB"});
  CHECK_FALSE(language.symbols.at("KVM").definitions[0].choice);
}

TEST_CASE("a symbol that survived is not reported, as a module that became built in") {
  const Values finished{{"KVM", "y"}, {"SLUB", "y"}};
  CHECK(verify({parse_fragment("# A.\nCONFIG_KVM=m\nCONFIG_SLUB=y\n# CONFIG_GONE is not set\n",
                               "a.config")},
               finished, tree(kTree))
            .empty());
}

TEST_CASE("a lost symbol is unknown, or names the dependency that is unmet") {
  CHECK(to_string(only_loss("CONFIG_NEW=y\n", {})) ==
        "a.config:2: CONFIG_NEW=y became n: no Kconfig file of this version defines it");
  const Lost zone = only_loss("CONFIG_ZONE_DEVICE=y\n",
                              {{"MMU", "y"}, {"HOTPLUG", "y"}, {"X86_64", "y"}, {"EXPERT", "y"}});
  CHECK(zone.loss == Loss::unmet);
  CHECK(zone.reason ==
        "mm/Kconfig:5: depends on REMOVE || COMPILE_TEST (REMOVE is n, COMPILE_TEST is n)");
}

TEST_CASE("a lost symbol may be of a choice, selected, without prompt, or another fragment's") {
  const Lost slob = only_loss("CONFIG_SLOB=y\n", {{"MMU", "y"}, {"EXPERT", "y"}, {"SLUB", "y"}});
  CHECK(slob.loss == Loss::choice);
  CHECK(slob.reason == "the choice \"Allocator\" (mm/Kconfig:17) is SLUB");
  CHECK(only_loss("CONFIG_SLOB=y\n", {{"MMU", "y"}, {"SLUB", "y"}}).loss == Loss::unmet);
  CHECK(only_loss("# CONFIG_SRCU is not set\n", {{"KVM", "y"}, {"SRCU", "y"}}).reason ==
        "selected by KVM");
  const Lost foo = only_loss("CONFIG_HAVE_FOO=y\n", {});
  CHECK(foo.loss == Loss::not_by_hand);
  CHECK(foo.reason.ends_with("it cannot be set by hand, only by X86_64"));

  const auto all = verify({parse_fragment("# A.\nCONFIG_HZ=100\n", "a.config"),
                           parse_fragment("# B.\nCONFIG_HZ=250\n", "b.config")},
                          {{"HZ", "250"}}, tree(kTree));
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0]) == "a.config:2: CONFIG_HZ=100 became 250: b.config:2 asks for 250");
}
