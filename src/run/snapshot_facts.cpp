#include "run/snapshot_facts.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace quantrail {
namespace {

/// Reads what serialised() wrote: numbers and digests up to a blank, names by their length.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  template <class Number>
  bool number(Number& value) {
    const auto word = this->word();
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && end == word.data() + word.size();
  }
  bool digest(Digest& value) {
    const auto found = Digest::from_hex(word());
    if (found) value = *found;
    return found.has_value();
  }
  bool name(std::string& value) {
    std::size_t length = 0;
    if (!number(length) || length > rest_.size()) return false;
    value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view word() {
    const auto end = rest_.find(' ');
    if (end == std::string_view::npos) return {};
    const auto found = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return found;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<std::uint8_t> serialised(const SnapshotFacts& facts) {
  std::string text = fmt::format("{} {} {} ", facts.int8_macs_share, facts.size_bytes, facts.hash.hex());
  for (const auto& name : facts.float_in_onnxruntime) text += fmt::format("{} {}", name.size(), name);
  return {text.begin(), text.end()};
}

std::optional<SnapshotFacts> parsed_snapshot_facts(std::span<const std::uint8_t> bytes) {
  const std::string text(bytes.begin(), bytes.end());
  Reader reader(text);
  SnapshotFacts facts;
  if (!reader.number(facts.int8_macs_share) || !reader.number(facts.size_bytes) || !reader.digest(facts.hash)) {
    return std::nullopt;
  }
  while (!reader.at_end()) {
    if (!reader.name(facts.float_in_onnxruntime.emplace_back())) return std::nullopt;
  }
  return facts;
}

}  // namespace quantrail
