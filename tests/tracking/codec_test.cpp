#include "tracking/codec.h"

#include <bit>
#include <cmath>
#include <numeric>

#include "support.h"
#include "tracking/compress.h"

namespace quantrail::tracking {
namespace {

std::vector<std::uint8_t> some_bytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  std::uint32_t state = 1;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1'664'525U + 1'013'904'223U) >> 24U);
  return bytes;
}

TEST(Compress, GivesBackBytesOfAnySize) {
  for (const std::size_t count : {0U, 1U, 1000U, 300'000U}) {
    const auto bytes = some_bytes(count);
    EXPECT_EQ(decompressed(compressed(bytes)), bytes) << count;
  }
}

TEST(Compress, NoticesEveryFlippedBitAndEveryCut) {
  const auto bytes = some_bytes(60);
  const auto frame = compressed(bytes);
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    auto damaged = frame;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    const auto read = decompressed(damaged);
    EXPECT_TRUE(!read || *read == bytes) << "bit " << bit << " was not noticed";
  }
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(decompressed(std::span(frame).first(size))) << size;
  }
}

TEST(Codec, KeepsEveryBitOfEveryNumber) {
  const Numbers numbers{
      .values = {{"nan", kNaN}, {"minus zero", -0.0}, {std::string("\0\xFF", 2), 0.1}, {"", 5e-324}},
      .series = {{"empty", {}}, {"mixed", {1.0, kNaN, -0.0, std::numeric_limits<double>::infinity()}}}};
  const auto read = decoded(encoded(numbers));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->values.size(), numbers.values.size());
  for (const auto& [name, value] : numbers.values) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(read->values.at(name)), std::bit_cast<std::uint64_t>(value)) << name;
  }
  const auto& mixed = read->series.at("mixed");
  ASSERT_EQ(mixed.size(), 4U);
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(mixed[i]), std::bit_cast<std::uint64_t>(numbers.series.at("mixed")[i])) << i;
  }
  EXPECT_TRUE(read->series.at("empty").empty());
}

TEST(Codec, KeepsTablesOfRowsOfAnyLength) {
  const Numbers numbers{.series = {{"a", {1.0}}}, .tables = {{"empty", {}}, {"rows", {{}, {1.0, -0.0}, {0.1}}}}};
  const auto read = decoded(encoded(numbers));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->series, numbers.series);
  EXPECT_EQ(read->tables, numbers.tables);
  EXPECT_TRUE(std::signbit(read->tables.at("rows")[1][1]));
}

TEST(Codec, ReadsAndWritesWhatStoresHeldBeforeThereWereTables) {
  std::vector<std::uint8_t> bytes;
  const auto number = [&](std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  number(1);  // the format
  number(0);  // values
  number(1);  // series, of them "m" with two numbers
  number(1);
  bytes.push_back('m');
  number(2);
  number(std::bit_cast<std::uint64_t>(0.5));
  number(std::bit_cast<std::uint64_t>(-2.0));
  const auto read = decoded(compressed(bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->series, (Series{{"m", {0.5, -2.0}}}));
  EXPECT_TRUE(read->tables.empty());
  EXPECT_EQ(decompressed(encoded(*read)), bytes);
}

TEST(Codec, RefusesTablesThatCannotBe) {
  const auto whole = decompressed(encoded({.tables = {{"a", {{1.0}, {2.0}}}}})).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decoded(compressed(std::span(whole).first(size)))) << size;
  }
  auto many = whole;
  many[48] = 0xFF;  // the upper byte of the number of rows
  EXPECT_FALSE(decoded(compressed(many)));
  auto unknown = whole;
  unknown[0] = 3;  // the format
  EXPECT_FALSE(decoded(compressed(unknown)));
}

TEST(Codec, RefusesBytesThatOtherProgramsCompressed) {
  EXPECT_FALSE(decoded(compressed(some_bytes(1000))));
  EXPECT_FALSE(decoded(compressed({})));
  EXPECT_FALSE(decoded({}));
}

TEST(Codec, RefusesCountsThatCannotBeTrue) {
  std::vector<std::uint8_t> bytes(24, 0);
  bytes[0] = 1;                                          // the format
  for (std::size_t i = 8; i < 16; ++i) bytes[i] = 0xFF;  // 2^64 - 1 values
  EXPECT_FALSE(decoded(compressed(bytes)));
}

TEST(Codec, RefusesBytesAfterTheEnd) {
  auto bytes = decompressed(encoded({.values = {{"a", 1.0}}})).value();
  EXPECT_TRUE(decoded(compressed(bytes)));
  bytes.push_back(0);
  EXPECT_FALSE(decoded(compressed(bytes)));
}

}  // namespace
}  // namespace quantrail::tracking
