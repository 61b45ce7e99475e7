// An HTML document under construction. What is put into it is text: whatever a guest printed, no
// markup, script or control character of it gets through.
#pragma once

#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace kproof::page {

// A handle, cheap to copy; the document owns what it points to.
class Element {
 public:
  explicit Element(pugi::xml_node node) : node_(node) {}

  // A new child, behind those that are there; `css` is its class, "" for none.
  Element add(const char* name, std::string_view css = "") const;
  // The same, with text.
  Element add(const char* name, std::string_view css, std::string_view text) const;
  const Element& text(std::string_view text) const;
  const Element& set(const char* attribute, std::string_view value) const;

 private:
  pugi::xml_node node_;
};

class Document {
 public:
  // `style`: the whole of its CSS. The document forbids browsers to run or to load anything.
  Document(std::string_view title, std::string_view style);
  Element body() const { return body_; }
  std::string html() const;

 private:
  pugi::xml_document document_;
  Element body_;
};

}  // namespace kproof::page
