#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "config/config.h"
#include "config/keys.h"

namespace quantrail {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(QUANTRAIL_SOURCE_DIR) / "configs";

const nlohmann::json& schema() {
  static const auto document = nlohmann::json::parse(std::ifstream(kFolder / "quantrail.schema.json"));
  return document;
}

/// The schema of a key, with what it refers to in the definitions put in.
nlohmann::json schema_of(const SectionRule& section, const KeyRule& rule) {
  nlohmann::json found = schema().at("definitions").at(section.name).at("properties").at(rule.name);
  if (found.contains("$ref")) {
    const std::string reference = found["$ref"];
    found.update(schema().at(nlohmann::json::json_pointer(reference.substr(1))));
  }
  return found;
}

TEST(Schema, HasTheKeysThatTheParserKnows) {
  for (const SectionRule& section : section_rules()) {
    ASSERT_TRUE(schema().at("definitions").contains(section.name)) << section.name;
    const auto& definition = schema().at("definitions").at(section.name);
    EXPECT_EQ(definition.at("additionalProperties"), false) << section.name;
    std::set<std::string> described, known;
    for (const auto& [key, value] : definition.at("properties").items()) described.insert(key);
    for (const auto& rule : section.keys) known.insert(std::string(rule.name));
    EXPECT_EQ(described, known) << section.name;
    EXPECT_EQ(known.size(), section.keys.size()) << section.name << " has a key twice";
  }
}

TEST(Schema, HasNoSectionThatTheParserDoesNotKnow) {
  std::set<std::string> known;
  for (const SectionRule& section : section_rules()) known.insert(std::string(section.name));
  for (const auto& [name, definition] : schema().at("definitions").items()) {
    EXPECT_TRUE(!definition.contains("properties") || known.contains(name)) << name;
  }
}

TEST(Schema, AgreesWithTheParserOnWhatIsServed) {
  for (const SectionRule& section : section_rules()) {
    for (const auto& rule : section.keys) {
      const nlohmann::json found = schema_of(section, rule);
      const std::string where = std::string(section.name) + "." + std::string(rule.name);
      EXPECT_EQ(found.contains("not"), rule.use == KeyUse::Refused) << where;
      if (rule.use != KeyUse::DefaultOnly) continue;
      EXPECT_EQ(found.at("default"), nlohmann::json::parse(rule.accepted)) << where;
    }
  }
}

TEST(Schema, AgreesWithTheParserOnDefaults) {
  const auto params = schema().at("definitions").at("params").at("properties");
  const std::string text =
      R"({"model": {"model": "m.onnx"}, "engine": {"validation": {"data": {"type": "cifar10", "path": "x"}},
      "metrics": [{"type": "accuracy"}, {"type": "map", "decode": "yolox"}]},
      "compression": {"algorithms": [{"name": "AccuracyAwareQuantization"}]}})";
  const auto config = parse_config(text, "/", "c.json", {});
  ASSERT_TRUE(config) << config.error().message;
  const auto effective = nlohmann::json::parse(config->effective_json);
  const auto compare = [&](const nlohmann::json& in_force, const std::string& section) {
    std::size_t compared = 0;
    for (const auto& [key, value] : in_force.items()) {
      const auto& property = schema().at("definitions").at(section).at("properties").at(key);
      if (!property.contains("default")) continue;
      EXPECT_EQ(property.at("default"), value) << section << "." << key;
      ++compared;
    }
    return compared;
  };
  EXPECT_GE(compare(effective.at("compression").at("algorithms").at(0).at("params"), "params"), 12U);
  EXPECT_EQ(compare(effective.at("engine").at("validation").at("preprocess"), "preprocess"), 8U);
  EXPECT_EQ(compare(effective.at("engine").at("metrics").at(0), "metric"), 3U);
  EXPECT_EQ(compare(effective.at("engine").at("metrics").at(1), "metric"), 5U);
  EXPECT_EQ(effective.at("compression").at("target_device"),
            schema().at("definitions").at("target_device").at("default"));
  EXPECT_EQ(effective.at("engine").at("threads"), 0);
}

TEST(Examples, AreAllValid) {
  ::setenv("QUANTRAIL_DATA", "/somewhere", 0);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".json") || name.ends_with(".schema.json")) continue;
    const auto config = load_config(entry.path(), {});
    EXPECT_TRUE(config) << config.error().message;
    ++count;
  }
  EXPECT_GE(count, 8U);
}

}  // namespace
}  // namespace quantrail
