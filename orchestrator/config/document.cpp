#include "config/document.hpp"

#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

namespace kproof::config {

namespace {

// Where the last document started; everything else is passed over.
class DocumentStarts : public YAML::EventHandler {
 public:
  YAML::Mark last;

  void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

// YAML::Load passes over what follows the first document, and YAML::LoadAll (0.7) never ends on a
// stray comma: it takes it for an endless row of empty documents.
static void check_one_document(Problems& problems, const std::string& text, std::string_view what,
                               std::string_view example) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts))
    problems.add(YAML::Mark::null_mark(), fmt::format("the {} is empty", what),
                 fmt::format("{} is an example", example));
  else if (parser.HandleNextDocument(starts))
    problems.add(starts.last,
                 fmt::format("a {} is one YAML document, and this starts another", what),
                 "look at its indentation, and for `---`");
}

// The one document of `text`. Throws when it is none.
YAML::Node load_document(Problems& problems, const std::string& text, std::string_view what,
                         std::string_view example) {
  YAML::Node node;
  try {
    check_one_document(problems, text, what, example);
    node = YAML::Load(text);
  } catch (const YAML::Exception& error) {
    problems.add(error.mark, fmt::format("not YAML: {}", error.msg),
                 "look for a missing quote, bracket or colon, and for tabs; here or just above");
  }
  problems.raise();
  return node;
}

}  // namespace kproof::config
