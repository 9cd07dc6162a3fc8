#include "data/npy_header.h"

#include <charconv>
#include <optional>

namespace quantrail {
namespace {

/// Takes the tokens that a header consists of from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool sees(std::string_view token) {
    skip_blanks();
    return rest_.starts_with(token);
  }

  std::optional<std::string> quoted() {
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) return std::nullopt;
    const auto end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::optional<std::int64_t> size() {
    skip_blanks();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    const auto next = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(next == std::string_view::npos ? rest_.size() : next);
  }

  std::string_view rest_;
};

std::optional<Shape> tuple(Scanner& scanner) {
  constexpr std::size_t kMostAxes = 32;
  if (!scanner.take("(")) return std::nullopt;
  Shape shape;
  while (!scanner.take(")")) {
    const auto size = scanner.size();
    if (!size || shape.size() == kMostAxes) return std::nullopt;
    shape.push_back(*size);
    if (!scanner.take(",") && !scanner.sees(")")) return std::nullopt;
  }
  return shape;
}

std::optional<bool> boolean(Scanner& scanner) {
  if (scanner.take("True")) return true;
  return scanner.take("False") ? std::optional<bool>(false) : std::nullopt;
}

/// The entries read so far.
struct Entries {
  std::optional<std::string> descr{};
  std::optional<bool> fortran_order{};
  std::optional<Shape> shape{};
};

/// Reads "key: value"; false when it is malformed, unknown or given twice.
bool take_entry(Scanner& scanner, Entries& entries) {
  const auto key = scanner.quoted();
  if (!key || !scanner.take(":")) return false;
  if (*key == "descr" && !entries.descr) return (entries.descr = scanner.quoted()).has_value();
  if (*key == "fortran_order" && !entries.fortran_order) return (entries.fortran_order = boolean(scanner)).has_value();
  if (*key == "shape" && !entries.shape) return (entries.shape = tuple(scanner)).has_value();
  return false;
}

}  // namespace

Result<NpyHeader> parse_npy_header(std::string_view text) {
  Scanner scanner(text);
  Entries entries;
  bool sound = scanner.take("{");
  while (sound && !scanner.take("}")) {
    sound = take_entry(scanner, entries) && (scanner.take(",") || scanner.sees("}"));
  }
  if (!sound || !scanner.at_end() || !entries.descr || !entries.fortran_order || !entries.shape) {
    return fail(Cause::InvalidInput, "the .npy header is malformed, or describes other things than plain numbers");
  }
  return NpyHeader{*entries.descr, *entries.fortran_order, *entries.shape};
}

}  // namespace quantrail
