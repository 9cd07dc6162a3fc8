#include "network.h"

#include "image_networks.h"
#include "synthetic_images.h"
#include "synthetic_texts.h"
#include "text_networks.h"

namespace quantrail::bench {
namespace {

std::shared_ptr<const Dataset> images(std::size_t count) { return std::make_shared<const SyntheticImages>(count); }

std::shared_ptr<const Dataset> texts(std::size_t count) {
  return std::make_shared<const SyntheticTexts>(count, kBertTokens, kBertVocabulary);
}

constexpr Network kNetworks[] = {
    {"resnet50", resnet50, images, {0.97, 2.8}},
    {"mobilenetv2", mobilenetv2, images, {1.0, 1.6}},
    {"bert", bert, texts, {1.0, 1.8}},
};

}  // namespace

std::span<const Network> known_networks() { return kNetworks; }

}  // namespace quantrail::bench
