#include "page/element.hpp"

#include <sstream>

#include <fmt/format.h>

#include "page/embedded.hpp"
#include "util/base64.hpp"
#include "util/utf8.hpp"

namespace kproof::page {

Element Element::add(const char* name, std::string_view css) const {
  const Element child(pugi::xml_node(node_).append_child(name));
  if (!css.empty()) child.set("class", css);
  return child;
}

Element Element::add(const char* name, std::string_view css, std::string_view text) const {
  const Element child = add(name, css);
  child.text(text);
  return child;
}

const Element& Element::text(std::string_view text) const {
  pugi::xml_node(node_).append_child(pugi::node_pcdata).set_value(util::printable(text).c_str());
  return *this;
}

const Element& Element::set(const char* attribute, std::string_view value) const {
  pugi::xml_node(node_).append_attribute(attribute).set_value(util::printable(value).c_str());
  return *this;
}

// In HTML no element ends by itself, as in XML `<td/>` does. Nothing is indented: within <pre> that
// would be seen.
void add_verdict(const Element& body, const Look& look, std::string_view text) {
  body.add("p", fmt::format("verdict {}", look.css), fmt::format("{} {}", look.sign, text));
}

Element add_table(const Element& parent, std::string_view label,
                  const std::vector<std::string>& heads, std::string_view css) {
  const Element table = parent.add("div", css.empty() ? "wide" : fmt::format("wide {}", css))
                            .set("tabindex", "0")
                            .set("role", "region")
                            .set("aria-label", label)
                            .add("table");
  const Element row = table.add("thead").add("tr");
  for (const std::string& head : heads)
    row.add("th", "", head);
  return table.add("tbody");
}

std::string markup_of(const pugi::xml_document& part) {
  std::ostringstream out;
  part.save(out, "",
            pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags);
  return out.str();
}

// https://www.w3.org/TR/CSP3/#grammardef-hash-source
static std::string policy(Scripts scripts) {
  static constexpr std::string_view kNothing =
      "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'";
  if (scripts == Scripts::none) return std::string(kNothing);
  std::string hash;
  for (std::size_t i = 0; i < kScriptHash.size(); i += 2)
    hash += static_cast<char>(std::stoi(std::string(kScriptHash.substr(i, 2)), nullptr, 16));
  return fmt::format("{}; script-src 'sha256-{}'", kNothing, util::base64(hash));
}

Document::Document(std::string_view title, Scripts scripts, std::string_view more_style)
    : body_(pugi::xml_node()), scripts_(scripts) {
  // As text of XML it would not be itself; the script is put in as it is, as its hash demands.
  static_assert(kStyle.find_first_of("<>&") == kStyle.npos);
  const Element root(document_.append_child("html"));
  root.set("lang", "en");
  const Element head = root.add("head");
  head.add("meta").set("charset", "utf-8");
  head.add("meta").set("http-equiv", "Content-Security-Policy").set("content", policy(scripts));
  head.add("meta").set("name", "viewport").set("content", "width=device-width, initial-scale=1");
  head.add("title", "", title);
  head.add("style", "", fmt::format("{}{}", kStyle, more_style));
  body_ = root.add("body");
}

static constexpr std::string_view kEnd = "</body></html>";

std::string Document::html() const {
  static_assert(kScript.find("</script") == kScript.npos && kScript.find("<!--") == kScript.npos);
  std::string html = "<!DOCTYPE html>\n" + markup_of(document_);
  if (scripts_ == Scripts::ours) add_data(html, fmt::format("<script>{}</script>\n", kScript));
  return html;
}

void add_data(std::string& html, std::string_view elements) {
  html.insert(html.rfind(kEnd), elements);
}

}  // namespace kproof::page
