#include "tracking/codec.h"

#include <bit>
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
