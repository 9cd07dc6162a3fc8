#include "base/hash.h"

#include <gtest/gtest.h>

#include <fstream>

namespace quantrail {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Sha256, IsTheOneOfTheStandard) {
  EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(bytes_of("abc")).hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, OfAFileIsThatOfItsContent) {
  const std::string path = testing::TempDir() + "quantrail_hash_test";
  const std::string content(3'000'000, 'x');
  std::ofstream(path, std::ios::binary) << content;
  EXPECT_EQ(sha256_file(path).value(), sha256(bytes_of(content)));
}

TEST(Sha256, OfAMissingFileNamesIt) {
  const auto digest = sha256_file("/no/such/file");
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().cause, Cause::InvalidInput);
  EXPECT_NE(digest.error().message.find("/no/such/file"), std::string::npos);
}

TEST(Digest, ReadsBackWhatItWrites) {
  const Digest digest = sha256(bytes_of("abc"));
  EXPECT_EQ(Digest::from_hex(digest.hex()), digest);
}

TEST(Digest, IsReadFromSixtyFourLowerCaseDigitsOnly) {
  const std::string hex = sha256({}).hex();
  EXPECT_FALSE(Digest::from_hex(hex.substr(1)));
  EXPECT_FALSE(Digest::from_hex(hex + "0"));
  EXPECT_FALSE(Digest::from_hex("E" + hex.substr(1)));
  EXPECT_FALSE(Digest::from_hex(""));
}

TEST(Hasher, KnowsWhereAFieldEnds) {
  EXPECT_NE(Hasher().add("ab").add("c").finish(), Hasher().add("a").add("bc").finish());
  EXPECT_NE(Hasher().add("").finish(), Hasher().finish());
}

TEST(Hasher, KnowsWhatAFieldIs) {
  EXPECT_NE(Hasher().add(std::int64_t{1}).finish(), Hasher().add(1.0).finish());
  EXPECT_NE(Hasher().add(0.0).finish(), Hasher().add(-0.0).finish());
  EXPECT_NE(Hasher().add("ab").finish(), Hasher().add_bytes(bytes_of("ab")).finish());
}

TEST(Hasher, GivesTheSameForTheSame) {
  EXPECT_EQ(Hasher().add("x").add(std::int64_t{-7}).add(0.5).finish(),
            Hasher().add("x").add(std::int64_t{-7}).add(0.5).finish());
}

}  // namespace
}  // namespace quantrail
