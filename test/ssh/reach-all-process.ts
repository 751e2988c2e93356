/** Program: connects to all given servers in parallel, and prints the outcome for each. */
import { sshTo, type Access } from '../support/access.ts';

const all = JSON.parse(process.argv[2]!) as Access[];
const outcomes = await Promise.all(
  all.map(async (access) => {
    const ssh = sshTo(access);
    try {
      await ssh.connection();
      return 'connected';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await ssh.close();
    }
  })
);
console.log(JSON.stringify(outcomes));
