"""Training: resumable, every random draw from the seed, curves and sample pictures beside the checkpoint."""

import copy
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch

from training import png
from training.face import pool
from training.face.find import boxes_of
from training.face.loss import edge_loss, score_loss, targets
from training.face.network import STRIDE, FaceNetwork, weight_count

BATCH = 32
RATE = 2.5e-3
RATE_LAST = 0.01  # Of RATE, at the end of each cosine.
AGAIN, AGAIN_FROM = 0.8, 0.4  # Where the second cosine begins, of all steps; its peak, of RATE.
WARM_STEPS = 150
DECAY = 0.02
AVERAGED_OVER = 800  # Steps: of the average of the weights that is kept.
EDGE_WEIGHT = 1.0
SAVED_EVERY = 500
LOGGED_EVERY = 50
RAREST, OFTENEST = 0.4, 3.0  # How often a picture without a face is shown in an epoch after the first.


def rate(step, steps):
    """Two cosines (warm restart: Loshchilov and Hutter 2017), the second from a lower peak; a short rise before the first."""
    second = int(steps * AGAIN)
    if step < WARM_STEPS:
        return RATE * (step + 1) / WARM_STEPS
    if step < second:
        peak, part = RATE, (step - WARM_STEPS) / max(1, second - WARM_STEPS)
    else:
        peak, part = RATE * AGAIN_FROM, (step - second) / max(1, steps - second)
    last = RATE * RATE_LAST
    return last + (peak - last) * 0.5 * (1 + math.cos(math.pi * part))


def turned(pictures, boxes, quarter_turns, mirrored):
    """A batch turned and mirrored together; boxes as pool.py writes them."""
    side = pictures.shape[-1]
    if mirrored:
        pictures = pictures.flip(-1)
        boxes = torch.stack([side - boxes[..., 2], boxes[..., 1], side - boxes[..., 0], boxes[..., 3], boxes[..., 4]], -1)
    for _ in range(quarter_turns):  # Counter-clockwise: what was right is now above.
        pictures = torch.rot90(pictures, 1, (-2, -1))
        boxes = torch.stack([boxes[..., 1], side - boxes[..., 2], boxes[..., 3], side - boxes[..., 0], boxes[..., 4]], -1)
    return pictures, boxes


def toned(pictures, generator):
    """Contrast and brightness of each picture, some noise, a few negatives."""
    count = len(pictures)

    def draw(low, high):
        return low + (high - low) * torch.rand((count, 1, 1, 1), generator=generator)

    pictures = (pictures - 0.5) * draw(0.75, 1.2) + 0.5 + draw(-0.1, 0.1)
    negative = torch.rand((count, 1, 1, 1), generator=generator) < 0.04
    pictures = torch.where(negative, 1 - pictures, pictures)
    return (pictures + draw(0, 0.015) * torch.randn(pictures.shape, generator=generator)).clamp(0, 1)


def next_order(random, alarms):
    """The pictures of an epoch, as many as there are. alarms: how surely the network last saw a face in a picture without
    one, nan for one with a face. What it took for one comes more often, what it is sure about less."""
    shares = np.ones(len(alarms))
    without = ~np.isnan(alarms)
    if without.any():
        shares[without] = np.clip(alarms[without] / max(alarms[without].mean(), 1e-6), RAREST, OFTENEST)
    up_to = np.cumsum(shares) / shares.sum()
    chosen = np.searchsorted(up_to, (np.arange(len(alarms)) + random.random()) / len(alarms))
    return random.permutation(chosen.clip(max=len(alarms) - 1))


class Training:
    def __init__(self, folder, steps, seed, device, half=True):
        """`half`: bfloat16 where the processor has it; twice as fast, weights stay float32."""
        self.folder, self.steps, self.device, self.half = Path(folder), steps, device, half
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(seed)
        self.seed = seed
        self.network = FaceNetwork().to(device).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), RATE, weight_decay=DECAY)
        self.step, self.log = 0, []
        self.alarms, self.order = None, None  # Of every picture; of this epoch.
        self._resume()

    def _resume(self):
        path = self.folder / "checkpoint.pt"
        if path.exists():
            kept = torch.load(path, map_location=self.device, weights_only=True)
            self.network.load_state_dict(kept["network"])
            self.average.load_state_dict(kept["average"])
            self.optimizer.load_state_dict(kept["optimizer"])
            self.step = kept["step"]
            self.alarms, self.order = kept["alarms"].numpy(), kept["order"].numpy()
            self.log = json.loads((self.folder / "log.json").read_text())

    def _save(self):
        part = self.folder / "checkpoint.part"
        torch.save({"network": self.network.state_dict(), "average": self.average.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "step": self.step,
                    "alarms": torch.from_numpy(self.alarms), "order": torch.from_numpy(self.order)}, part)
        (self.folder / "log.json").write_text(json.dumps(self.log))
        part.replace(self.folder / "checkpoint.pt")
        if self.log:
            png.write(self.folder / "curves.png", png.curves([np.log([row[i] for row in self.log]) for i in (1, 2)]))

    def _batch(self, pictures, boxes):
        """Of this step, and which pictures they are. Every draw follows from seed and step."""
        epoch, at = divmod(self.step * BATCH, len(pictures) // BATCH * BATCH)
        if self.alarms is None:
            self.alarms = np.where((boxes[:, :, 4] >= 0).any(1), np.nan, 1.0)
        if at == 0:
            self.order = next_order(np.random.default_rng([self.seed, epoch]), self.alarms)
        chosen = np.sort(self.order[at:at + BATCH])
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.step)
        batch = torch.from_numpy(pictures[chosen]).float()[:, None] / 255
        turns, mirrored = torch.randint(0, 8, (), generator=generator).item() % 4, torch.rand((), generator=generator).item() < 0.5
        batch, wanted = turned(toned(batch, generator), torch.from_numpy(boxes[chosen]), turns, mirrored)
        return batch.to(self.device).contiguous(memory_format=torch.channels_last), wanted.to(self.device), chosen

    def one_step(self, pictures, boxes):
        batch, wanted, chosen = self._batch(pictures, boxes)
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.step, self.steps)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.half):
            raw = self.network.raw(batch).float()
        heat, weight, distances, edge_weight = targets(wanted, raw.shape[2], raw.shape[3])
        seen = raw[:, 0].detach().amax((1, 2)).sigmoid().double().cpu().numpy()
        self.alarms[chosen] = np.where(np.isnan(self.alarms[chosen]), np.nan, seen)
        score = score_loss(raw[:, 0], heat, weight)
        edge = edge_loss(raw[:, 1:], distances, edge_weight)
        self.optimizer.zero_grad(set_to_none=True)
        (score + EDGE_WEIGHT * edge).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        keep = min(1 - 1 / AVERAGED_OVER, self.step / (self.step + 20))
        with torch.no_grad():
            for kept, now in zip(self.average.state_dict().values(), self.network.state_dict().values()):
                if kept.is_floating_point():
                    kept.mul_(keep).add_(now, alpha=1 - keep)
                else:
                    kept.copy_(now)
        return score.item(), edge.item()

    def run(self, pool_folder, progress=sys.stderr):
        pictures, boxes = pool.read(pool_folder)
        if self.step == 0:
            print(f"{weight_count(self.network)} weights, {len(pictures)} pictures, {self.steps} steps of {BATCH}", file=progress)
        begun, first, sums = time.monotonic(), self.step, []
        while self.step < self.steps:
            sums.append(self.one_step(pictures, boxes))
            if self.step % LOGGED_EVERY == 0 or self.step == self.steps:
                score, edge = np.mean(sums, axis=0)
                self.log.append((self.step, float(score), float(edge)))
                sums = []
                left = (time.monotonic() - begun) / (self.step - first) * (self.steps - self.step) / 60
                print(f"\rstep {self.step} of {self.steps}, score {score:.3f}, edges {edge:.3f}, {left:.0f} min left  ", end="",
                      file=progress, flush=True)
            if self.step % SAVED_EVERY == 0 or self.step == self.steps:
                self._save()
                self._show(pictures, boxes)
        print(file=progress)
        return self.average

    def _show(self, pictures, boxes):
        """samples.png: true boxes green (not demanded: red), found ones white; the first pictures of the pool."""
        shown = []
        for i in range(30):
            with torch.no_grad():
                answer = self.average(torch.from_numpy(np.array(pictures[i:i + 1])).float()[:, None].to(self.device) / 255)
            canvas = png.coloured(pictures[i])
            for *box, kind in boxes[i]:
                if kind >= 0:
                    png.outline(canvas, box, (0, 200, 0) if kind else (200, 0, 0))
            for *box, _ in boxes_of(answer[0].cpu().numpy(), 0.3, STRIDE):
                png.outline(canvas, box, (255, 255, 255))
            shown.append(canvas)
        png.write(self.folder / "samples.png", png.grid(shown, 6))
