#include "tracking/codec.h"

#include <bit>
#include <cstddef>
#include <string_view>

#include "tracking/compress.h"

namespace quantrail::tracking {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kFormatWithTables = 2;  // the same, and tables behind it

class Writer {
 public:
  void number(std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Reads what Writer wrote. After the end, everything is zero or empty, and good() is false.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  std::uint64_t number() {
    if (rest_.size() < 8) return fail();
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(rest_[i]) << (8 * i);
    rest_ = rest_.subspan(8);
    return value;
  }
  double real() { return std::bit_cast<double>(number()); }
  std::string text() {
    const std::uint64_t size = count(1);
    const auto* begin = reinterpret_cast<const char*>(rest_.data());
    std::string value(begin, begin + size);
    rest_ = rest_.subspan(size);
    return value;
  }
  /// A number of elements that take at least `bytes_each`; 0 when so many cannot follow.
  std::uint64_t count(std::uint64_t bytes_each) {
    const std::uint64_t size = number();
    return size <= rest_.size() / bytes_each ? size : fail();
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

 private:
  std::uint64_t fail() {
    good_ = false;
    rest_ = {};
    return 0;
  }
  std::span<const std::uint8_t> rest_;
  bool good_ = true;
};

void write_series(Writer& writer, const std::vector<double>& values) {
  writer.number(values.size());
  for (const double value : values) writer.real(value);
}

void write_tables(Writer& writer, const Tables& tables) {
  writer.number(tables.size());
  for (const auto& [name, rows] : tables) {
    writer.text(name);
    writer.number(rows.size());
    for (const auto& row : rows) write_series(writer, row);
  }
}

std::vector<double> read_series(Reader& reader) {
  std::vector<double> values(reader.count(8));
  for (double& value : values) value = reader.real();
  return values;
}

Tables read_tables(Reader& reader) {
  Tables tables;
  for (std::uint64_t left = reader.count(16); left > 0 && reader.good(); --left) {
    auto& rows = tables[reader.text()];
    rows.resize(reader.count(8));
    for (auto& row : rows) row = read_series(reader);
  }
  return tables;
}

}  // namespace

std::vector<std::uint8_t> encoded(const Numbers& numbers) {
  Writer writer;
  writer.number(numbers.tables.empty() ? kFormat : kFormatWithTables);
  writer.number(numbers.values.size());
  for (const auto& [name, value] : numbers.values) {
    writer.text(name);
    writer.real(value);
  }
  writer.number(numbers.series.size());
  for (const auto& [name, values] : numbers.series) {
    writer.text(name);
    write_series(writer, values);
  }
  if (!numbers.tables.empty()) write_tables(writer, numbers.tables);
  return compressed(writer.bytes());
}

std::optional<Numbers> decoded(std::span<const std::uint8_t> bytes) {
  const auto plain = decompressed(bytes);
  if (!plain) return std::nullopt;
  Reader reader(*plain);
  Numbers numbers;
  const std::uint64_t format = reader.number();
  if (format != kFormat && format != kFormatWithTables) return std::nullopt;
  for (std::uint64_t left = reader.count(16); left > 0 && reader.good(); --left) {
    std::string name = reader.text();
    numbers.values.insert_or_assign(std::move(name), reader.real());
  }
  for (std::uint64_t left = reader.count(16); left > 0 && reader.good(); --left) {
    std::string name = reader.text();
    numbers.series.insert_or_assign(std::move(name), read_series(reader));
  }
  if (format == kFormatWithTables) numbers.tables = read_tables(reader);
  if (!reader.finished()) return std::nullopt;
  return numbers;
}

}  // namespace quantrail::tracking
