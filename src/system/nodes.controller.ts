import { Controller, Get } from '@nestjs/common';
import type { SystemNodes } from '@app/contracts';
import { Roles } from '../auth/roles.decorator.js';
import { NodeRegistry } from '../queue/cluster/node-registry.js';

@Controller('system/nodes')
@Roles('admin')
export class NodesController {
  constructor(private readonly nodes: NodeRegistry) {}

  /** The processes of this installation: what each is, what its machine has, what runs on it. */
  @Get()
  async list(): Promise<SystemNodes> {
    return { items: await this.nodes.list() };
  }
}
