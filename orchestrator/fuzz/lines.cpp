// LineAssembler: every byte comes out once, in order, whatever the chunks; prefixes stay in bounds.
#include <string>
#include <vector>

#include "console/line.hpp"
#include "fuzz/property.hpp"

using namespace kproof;

// Pieces as an analyser of lines sees them: cut at '\n' and at kMaxLine.
static std::vector<std::string> pieces(std::string_view block) {
  std::vector<std::string> list;
  while (!block.empty()) {
    const std::size_t newline = block.substr(0, console::kMaxLine + 1).find('\n');
    const std::size_t size =
        newline == block.npos ? std::min(block.size(), console::kMaxLine) : newline + 1;
    list.emplace_back(block.substr(0, size));
    block.remove_prefix(size);
  }
  return list;
}

static std::vector<std::string> assemble(std::string_view text, bool whole) {
  std::vector<std::string> all;
  console::LineAssembler assembler;
  const auto sink = [&](std::string_view block) {
    for (std::string& piece : pieces(block))
      all.push_back(std::move(piece));
  };
  if (whole)
    assembler.feed(text, sink);
  else
    fuzz::in_chunks(text, [&](std::string_view chunk) { assembler.feed(chunk, sink); });
  assembler.finish(sink);
  return all;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::vector<std::string> lines = assemble(text, true);
  fuzz::require(lines == assemble(text, false), "chunking never changes the lines");
  std::string joined;
  for (const std::string& line : lines) {
    joined += line;
    const std::string clean = console::clean(line);
    const console::Prefix prefix = console::parse_prefix(clean);
    fuzz::require(prefix.size <= clean.size(), "a prefix ends inside its line");
    fuzz::require(clean.find('\r') == clean.npos && clean.find('\x1b') == clean.npos,
                  "a clean line holds no control sequence");
  }
  fuzz::require(joined == text, "every byte comes out once");
  return 0;
}
