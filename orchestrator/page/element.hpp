// An HTML document under construction. What is put into it is text: whatever a guest printed, no
// markup, script or control character of it gets through. One script may run, that of kproof.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// A table with these heads, which scrolls by itself where it is wider than the window, by keys too.
// Gives what its rows go into. `css`: a class more.
Element add_table(const Element& parent, std::string_view label,
                  const std::vector<std::string>& heads, std::string_view css = "");

// As HTML has it.
std::string markup_of(const pugi::xml_document& part);

// How what is told looks: a class of page.css, and a sign for those who tell no colours.
struct Look {
  const char *css, *sign;
};
inline constexpr Look kGood{"good", "✓"}, kExpected{"good", "≈"}, kOdd{"odd", "?"},
    kBad{"bad", "✗"}, kNothing{"soft", "·"};
// "✓ 64 cells: ...", at the head of a page.
void add_verdict(const Element& body, const Look& look, std::string_view text);

enum class Scripts { ours, none };

class Document {
 public:
  // With the style of kproof (page.css) and `more_style` behind it, and its script (page.js) if
  // that is wanted. The document forbids browsers to run anything else, and to load anything.
  explicit Document(std::string_view title, Scripts scripts = Scripts::ours,
                    std::string_view more_style = "");
  Element body() const { return body_; }
  std::string html() const;

 private:
  pugi::xml_document document_;
  Element body_;
  Scripts scripts_;
};

// Puts elements that are not shown behind all others of a document, and behind its script, so that
// a page with many of them can be read and filtered before they are there.
void add_data(std::string& html, std::string_view elements);

}  // namespace kproof::page
