#include "page/element.hpp"

#include <sstream>

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
  pugi::xml_node(node_).append_child(pugi::node_pcdata).set_value(util::xml_text(text).c_str());
  return *this;
}

const Element& Element::set(const char* attribute, std::string_view value) const {
  pugi::xml_node(node_).append_attribute(attribute).set_value(util::xml_text(value).c_str());
  return *this;
}

Document::Document(std::string_view title, std::string_view style) : body_(pugi::xml_node()) {
  const Element root(document_.append_child("html"));
  root.set("lang", "en");
  const Element head = root.add("head");
  head.add("meta").set("charset", "utf-8");
  head.add("meta")
      .set("http-equiv", "Content-Security-Policy")
      .set("content", "default-src 'none'; style-src 'unsafe-inline'");
  head.add("meta").set("name", "viewport").set("content", "width=device-width, initial-scale=1");
  head.add("title", "", title);
  head.add("style", "", style);
  body_ = root.add("body");
}

// In HTML no element ends by itself, as in XML `<td/>` does. Nothing is indented: within <pre> that
// would be seen.
std::string Document::html() const {
  std::ostringstream out;
  out << "<!DOCTYPE html>\n";
  document_.save(
      out, "", pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags);
  return out.str();
}

}  // namespace kproof::page
