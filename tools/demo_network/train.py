"""Trains the network, from fixed seeds."""

import time

import torch

from network import Network
from render import CLASSES

SEED = 7
EPOCHS = 16
BATCH = 128
MEAN, STD = 0.5, 0.25  # of pixels in 0..1, all channels alike


def to_input(images):
    """uint8 [N,H,W,3] to the network's normalised float [N,3,H,W]."""
    return (torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def _turned(x):
    """A random flip and quarter turn of the whole batch: no class depends on its orientation."""
    x = torch.rot90(x, int(torch.randint(4, ())), (2, 3))
    return x.flip(3) if torch.rand(()) < 0.5 else x


def accuracy(network, x, labels):
    network.eval()
    with torch.no_grad():
        found = torch.cat([network(part).argmax(1) for part in x.split(500)])
    return (found == labels).float().mean().item()


def train(images, labels, epochs=EPOCHS):
    """The trained network, in evaluation mode."""
    torch.manual_seed(SEED)
    network = Network(len(CLASSES))
    x, y = to_input(images), torch.from_numpy(labels)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.15, momentum=0.9, nesterov=True, weight_decay=2e-4)
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.15, epochs=epochs, steps_per_epoch=steps)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(epochs):
        started, total = time.time(), 0.0
        network.train()
        order = torch.randperm(len(x))
        for step in range(steps):
            picked = order[step * BATCH:(step + 1) * BATCH]
            loss = loss_of(network(_turned(x[picked])), y[picked])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"  epoch {epoch + 1}/{epochs}: loss {total / steps:.3f}, {time.time() - started:.0f} s", flush=True)
    return network.eval()
